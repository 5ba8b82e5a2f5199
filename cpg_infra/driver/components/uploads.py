"""How files come into a dataset: upload buckets, dropbox buckets, and the account that signs uploads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from cpg_infra.abstraction import Bucket, By, Capability, MachineAccount
from cpg_infra.abstraction.specification import BucketProfile, DeleteAfter
from cpg_infra.config import CPGDatasetConfig
from cpg_infra.driver.components.component import Component
from cpg_infra.driver.components.storage import MUTATE, READ, TEMPORARY_DAYS, Grants
from cpg_infra.driver.sections import dropbox_server_on
from cpg_infra.plan import AccountRole, Principal

DROPBOX = BucketProfile(
    versions=False,
    lifecycle=(DeleteAfter(TEMPORARY_DAYS, prefix='incomplete/'),),
    soft_delete=False,
)
"""A dropbox bucket holds files until they are complete and moved on."""

GRANTS: Final[Grants] = {READ: ('main-read', 'analysis'), MUTATE: ('upload', 'full')}

NO_UPLOADS = CPGDatasetConfig.UploadConfig()


class Uploads(Component):
    """The upload and dropbox buckets."""

    name = 'uploads'

    @property
    def upload_config(self) -> CPGDatasetConfig.UploadConfig:
        """What the dataset says of uploads."""
        return self.config.upload_config or NO_UPLOADS

    @cached_property
    def account(self) -> MachineAccount:
        """The account `main-upload`; data managers make keys of it for outside programs."""
        return self.infrastructure.machine_account('main-upload', self.by_choice())

    @cached_property
    def default_bucket(self) -> Bucket:
        """The bucket `main-upload`."""
        return self.dataset.storage.make('main-upload', self.by_choice())

    @cached_property
    def additional_buckets(self) -> Mapping[str, Bucket]:
        """The buckets `main-upload-<name>`, by name."""
        return {
            bucket.name: self.dataset.storage.make(
                f'main-upload-{bucket.name}',
                self.by('upload_config', 'additional_buckets', bucket.name),
            )
            for bucket in sorted(self.upload_config.additional_buckets, key=lambda bucket: bucket.name)
        }

    @cached_property
    def dropbox_buckets(self) -> Mapping[str, Bucket]:
        """The buckets `main-upload-db-<id>`, by dropbox id."""
        return {
            dropbox.id: self.infrastructure.bucket(
                f'main-upload-db-{dropbox.id}',
                DROPBOX,
                self.by('upload_config', 'dropboxes', dropbox.id),
            )
            for dropbox in sorted(self.upload_config.dropboxes, key=lambda dropbox: dropbox.id)
        }

    def declare(self) -> None:
        """The buckets, who writes to them, and who makes keys of the upload account."""
        uploads = self.upload_config
        default = uploads.default_bucket
        by = self.by('upload_config', 'default_bucket', 'uploaders')
        self._open(self.default_bucket, (default and default.uploaders) or (), self.by_choice(), by)
        for bucket in uploads.additional_buckets:
            by = self.by('upload_config', 'additional_buckets', bucket.name)
            self._open(self.additional_buckets[bucket.name], bucket.uploaders or (), by, by)
        for dropbox in uploads.dropboxes:
            by = self.by('upload_config', 'dropboxes', dropbox.id)
            # Its uploaders go through the service and never touch the bucket.
            self._open(self.dropbox_buckets[dropbox.id], (), by, by)
        self._let_programs_upload()

    def _let_programs_upload(self) -> None:
        """Data managers make keys for programs elsewhere; where there are no keys, these are federated."""
        if self.infrastructure.can(Capability.ACCOUNT_KEYS):
            data_manager = self.dataset.groups['data-manager'].principal
            self.infrastructure.grant(data_manager, AccountRole.MANAGE_KEYS, self.account, self.by_choice())
        # In an order of their own: they are made one after the other.
        for federation in sorted(self.infrastructure.upload_federations, key=lambda each: each.name):
            by = self.by(self.dataset.cloud.value, 'upload_federations', federation.name)
            self.infrastructure.federate(self.account, federation.name, federation.issuer, federation.subject, by)

    def _open(self, bucket: Bucket, uploaders: Iterable[str], by: By, by_uploaders: By) -> None:
        self.dataset.storage.grant(bucket, GRANTS, by)
        self.infrastructure.grant(self.account.principal, MUTATE, bucket, by)
        service = dropbox_server_on(self.organisation, self.dataset.cloud)
        if service is not None:
            origin = self.by_organisation(*service.steps)
            server = self.infrastructure.find_account(service.address, origin)
            if server is not None:
                self.infrastructure.grant(server, MUTATE, bucket, origin)
        for principal in self._people(uploaders):
            self.infrastructure.grant(principal, MUTATE, bucket, by_uploaders)

    def _people(self, users: Iterable[str]) -> Iterable[Principal]:
        for user in sorted(set(users)):
            principal = self.infrastructure.person(self.organisation.users[user])
            if principal is not None:
                yield principal
