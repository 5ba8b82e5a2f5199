"""The bucket that the code of functions lies in, and code in it, named by its content.

Code that did not change keeps its object, so the functions that run it are left alone.
"""

from __future__ import annotations

from cpg_infra.abstraction import Bucket, By
from cpg_infra.abstraction.base import PROTECTED
from cpg_infra.abstraction.gcp.storage import bucket_inputs
from cpg_infra.abstraction.specification import BucketProfile
from cpg_infra.plan import Archive, AssetKind
from cpg_infra.plugins.google.function import Code
from cpg_infra.plugins.google.project import PluginProject


class SourceBucket:
    """The bucket `<prefix><name>` with the logical name `logical`, in the project of a plugin."""

    def __init__(self, project: PluginProject, logical: str, name: str, region: str, by: By) -> None:
        self._cloud = project.cloud
        self.name = f'{project.cloud.storage_prefix}{name}'
        handle = project.handle
        address = project.cloud.bucket_address(self.name)
        bucket = Bucket('', project.cloud.cloud, self.name, logical, address)
        self._resource = project.cloud.raw(
            logical,
            'gcp:storage/bucket:Bucket',
            self.name,
            bucket_inputs(bucket, BucketProfile(versions=False), handle, region),
            by,
            kind=AssetKind.BUCKET,
            depends_on=[handle.resource] if handle.resource else [],
            options=PROTECTED,
        )

    def put(self, logical: str, archive: Archive, by: By) -> Code:
        """Put code there."""
        name = f'{archive.name}/{archive.sha256}.zip'
        self._cloud.raw(
            logical,
            'gcp:storage/bucketObject:BucketObject',
            f'gs://{self.name}/{name}',
            {'bucket': self.name, 'name': name, 'source': archive, 'contentType': 'application/zip'},
            by,
            kind=AssetKind.BLOB,
            depends_on=[self._resource.name],
        )
        return Code(self.name, name, logical)
