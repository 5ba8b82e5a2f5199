"""The buckets of a dataset and who may do what in them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from cpg_infra.abstraction import Bucket, By, Capability
from cpg_infra.abstraction.specification import (
    BucketProfile,
    DeleteAfter,
    LifecycleRule,
    ToColdStorage,
    Undelete,
)
from cpg_infra.driver.components.component import Component
from cpg_infra.driver.sections import web_server_on
from cpg_infra.plan import BucketRole, ProjectRole

UNDELETE_DAYS: Final = 30
"""Days for which what was deleted or overwritten can be brought back."""

TEMPORARY_DAYS: Final = 8
"""Days after which temporary objects are deleted: a week, and a day for the time zones."""

KEPT: tuple[LifecycleRule, ...] = (Undelete(UNDELETE_DAYS),)
TEMPORARY = BucketProfile(versions=False, lifecycle=(DeleteAfter(TEMPORARY_DAYS),), soft_delete=False)

LIST, READ, APPEND, MUTATE = BucketRole.LIST, BucketRole.READ, BucketRole.APPEND, BucketRole.MUTATE

Grants = Mapping[BucketRole, tuple[str, ...]]

MAIN: dict[str, Grants] = {
    'archive': {LIST: ('main-list',), MUTATE: ('full',)},
    'main': {READ: ('main-read',), APPEND: ('main-create',), MUTATE: ('full',)},
    'main-tmp': {READ: ('main-read',), APPEND: ('main-create',), MUTATE: ('full',)},
    'main-analysis': {READ: ('analysis', 'main-read'), APPEND: ('main-create',), MUTATE: ('full',)},
    'main-web': {READ: ('analysis', 'main-read'), APPEND: ('main-create',), MUTATE: ('full',)},
}
"""The buckets of the main namespace, and which groups of the dataset hold which role on them."""

TEST: dict[str, Grants] = {
    suffix: {READ: ('test-read',), MUTATE: ('test-full',)}
    for suffix in ('test', 'test-analysis', 'test-tmp', 'test-upload', 'test-web')
}
"""The buckets of the test namespace."""

WEB: tuple[str, ...] = ('main-web', 'test-web')
"""What the web service reads."""

PAYERS: tuple[str, ...] = ('analysis', 'standard', 'full')
"""Groups that may charge requests to the project; with tests, `test` as well."""


class Storage(Component):
    """Main and test buckets, and what storage needs of the project."""

    name = 'storage'

    def profile(self, suffix: str) -> BucketProfile:
        """How a bucket of this suffix keeps its objects."""
        if suffix.endswith('-tmp'):
            return TEMPORARY
        if suffix == 'archive':
            return BucketProfile(lifecycle=(ToColdStorage(self.config.archive_age), *KEPT))
        return BucketProfile(lifecycle=KEPT, autoclass=self.config.autoclass)

    def make(self, suffix: str, by: By) -> Bucket:
        """A bucket with the profile of its suffix."""
        return self.infrastructure.bucket(suffix, self.profile(suffix), by)

    @cached_property
    def main_buckets(self) -> Mapping[str, Bucket]:
        """The buckets of the main namespace, by suffix."""
        return {suffix: self.make(suffix, self.by_choice()) for suffix in MAIN}

    @cached_property
    def test_buckets(self) -> Mapping[str, Bucket]:
        """The buckets of the test namespace, by suffix; none when the dataset has no tests."""
        if not self.config.setup_test:
            return {}
        return {suffix: self.make(suffix, self.by('setup_test')) for suffix in TEST}

    @property
    def main(self) -> Bucket:
        """The bucket `main`."""
        return self.main_buckets['main']

    def declare(self) -> None:
        """The buckets, their grants, and the roles on the project that go with storage."""
        for suffix, bucket in self.main_buckets.items():
            self.grant(bucket, MAIN[suffix], self.by_choice())
        for suffix, bucket in self.test_buckets.items():
            self.grant(bucket, TEST[suffix], self.by('setup_test'))
        if self.dataset.root.is_common and self.config.setup_test:
            # Reference data lies in the common dataset: tests everywhere read it.
            self.grant(self.main, {READ: ('test-read',)}, self.by('setup_test'))
        self._let_the_web_service_read()
        self._let_groups_use_the_project()

    def grant(self, bucket: Bucket, grants: Grants, by: By) -> None:
        """Give groups of the dataset roles on a bucket."""
        for role, suffixes in grants.items():
            for suffix in suffixes:
                self.infrastructure.grant(self.dataset.groups[suffix].principal, role, bucket, by)

    def _let_the_web_service_read(self) -> None:
        service = web_server_on(self.organisation, self.dataset.cloud)
        if service is None:
            return
        by = self.by_organisation(*service.steps)
        server = self.infrastructure.find_account(service.address, by)
        if server is None:
            return
        buckets = {**self.main_buckets, **self.test_buckets}
        for suffix in WEB:
            if suffix in buckets:
                self.infrastructure.grant(server, READ, buckets[suffix], by)

    def _let_groups_use_the_project(self) -> None:
        groups, project, by = self.dataset.groups, self.infrastructure.project, self.by_choice()
        self.infrastructure.grant(groups['main-list'].principal, ProjectRole.LIST_BUCKETS, project, by)
        self.infrastructure.grant(groups['data-manager'].principal, ProjectRole.VIEW_ROLES, project, by)
        if not self.infrastructure.can(Capability.REQUESTER_PAYS):
            return
        for suffix in (*PAYERS, *(('test',) if self.config.setup_test else ())):
            self.infrastructure.grant(groups[suffix].principal, ProjectRole.PAY_FOR_REQUESTS, project, by)
