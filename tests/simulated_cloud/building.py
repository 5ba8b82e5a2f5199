"""Small simulated clouds for tests of the double itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.simulated_cloud.gcp import CATALOGUE
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.kind import Kind, Made
from tests.simulated_cloud.seed import seed
from tests.simulated_cloud.servicer import Catalogue
from tests.simulated_cloud.world import World

BUCKET = 'gcp:storage/bucket:Bucket'
READERS = 'gcp:storage/bucketIAMBinding:BucketIAMBinding'
READER = 'gcp:storage/bucketIAMMember:BucketIAMMember'
GROUP = 'gcp:cloudidentity/group:Group'
PROJECT = 'gcp:organizations/project:Project'
ROLE = 'roles/storage.objectViewer'


class AnyCloud:
    """One cloud of Lantern's before its first deployment."""

    def __init__(self, folder: Path, name: str, *catalogues: Catalogue) -> None:
        if not (folder / f'{name}.jsonl').exists():
            seed(folder, 'lantern')
        self.journal = Journal(folder / f'{name}.jsonl')
        self.kinds: dict[str, Kind] = {}
        for catalogue in catalogues:
            self.kinds |= catalogue.kinds

    def create(self, token: str, **inputs: Any) -> Made:
        with self.journal.transaction() as transaction:
            return self.kinds[token].create(World(transaction), inputs)

    def read(self, token: str, id_: str, **known: Any) -> Made | None:
        with self.journal.transaction() as transaction:
            return self.kinds[token].read(World(transaction), id_, known)

    def update(self, token: str, id_: str, old: dict[str, Any], **new: Any) -> Made:
        with self.journal.transaction() as transaction:
            return self.kinds[token].update(World(transaction), id_, old, new)

    def delete(self, token: str, made: Made) -> None:
        with self.journal.transaction() as transaction:
            self.kinds[token].delete(World(transaction), made.id, made.properties)

    def check(self, token: str, **inputs: Any) -> list[str]:
        """The keys that are wrong."""
        return [key for key, _ in self.kinds[token].check(inputs)]


class Cloud(AnyCloud):
    """Google Cloud."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 'gcp', CATALOGUE)

    def roles(self, thing: str) -> dict[str, list[str]]:
        policy = self.journal.things().get(f'policy {thing}')
        return dict(policy['roles']) if policy else {}

    def project(self, name: str = 'lantern-alpha', **changes: Any) -> Made:
        return self.create(PROJECT, **{'projectId': name, 'name': name, 'orgId': '471147114711', **changes})

    def bucket(self, name: str = 'lantern-alpha-main', **changes: Any) -> Made:
        return self.create(
            BUCKET, **{'name': name, 'project': 'lantern-web', 'location': 'australia-southeast1', **changes}
        )

    def group(self, name: str) -> str:
        address = f'{name}@groups.lantern.example.org'
        self.create(GROUP, parent='customers/C0lantern1', groupKey={'id': address}, labels={})
        return f'group:{address}'
