"""Who reads and writes a dataset's metadata: the six groups and what feeds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from cpg_infra.abstraction import By, Capability
from cpg_infra.driver.components.component import Component
from cpg_infra.driver.groups import PlaceholderGroup
from cpg_infra.driver.tables import (
    METAMIST_COORDINATOR,
    METAMIST_GROUPS,
    METAMIST_LOGGER,
    METAMIST_READ_ONLY,
    METAMIST_READ_WRITE,
    METAMIST_SOURCES,
)


class Metamist(Component):
    """The metadata groups. Their members become the members of the metamist project when the groups are final."""

    name = 'metamist'

    @cached_property
    def groups(self) -> Mapping[str, PlaceholderGroup]:
        """The six groups, by suffix."""
        by = self.by_choice()
        return {suffix: self.dataset.make_group(suffix, by, cached=True) for suffix in METAMIST_GROUPS}

    def declare(self) -> None:
        """Fill the six groups, let them invoke the service, and let the service list the main buckets."""
        by, groups = self.by_choice(), self.dataset.groups
        for source, suffixes in METAMIST_SOURCES.items():
            for suffix in suffixes:
                self.groups[suffix].add(groups[source], by)
        self._feed_with_accounts()
        self._let_the_service_list()
        if not self.infrastructure.can(Capability.INVOKE_SERVICE):
            return
        invokers = self.dataset.root.root.on[self.dataset.cloud].metamist_invokers
        for group in (groups['analysis'], *self.groups.values()):
            invokers.add(group, by)

    def _feed_with_accounts(self) -> None:
        organisation = self.organisation
        if organisation.analysis_runner is not None:
            address = organisation.analysis_runner.gcp.logger_machine_account
            by = self.by_organisation('analysis_runner', 'gcp', 'logger_machine_account')
            self._feed(METAMIST_LOGGER, 'analysis-runner-logger', address, by)
        if organisation.billing is not None and organisation.billing.coordinator_machine_account is not None:
            address = organisation.billing.coordinator_machine_account
            by = self.by_organisation('billing', 'coordinator_machine_account')
            self._feed(METAMIST_COORDINATOR, 'billing-coordinator', address, by)
        for key, suffixes in (('sm_read_only_sas', METAMIST_READ_ONLY), ('sm_read_write_sas', METAMIST_READ_WRITE)):
            for address in sorted({address.lower() for address in getattr(self.config, key)}):
                self._feed(suffixes, f'{key}-{address}', address, self.by(key, address))

    def _feed(self, suffixes: Iterable[str], key: str, address: str, by: By) -> None:
        account = self.infrastructure.find_account(address, by)
        if account is not None:
            for suffix in suffixes:
                self.groups[suffix].add(account, by, key=key)

    def _let_the_service_list(self) -> None:
        service = self.organisation.metamist
        if service is None:
            return
        main_list = self.dataset.groups['main-list']
        for key in ('machine_account', 'legacy_machine_account'):
            address = getattr(service.gcp, key)
            if address is not None:
                by = self.by_organisation('metamist', 'gcp', key)
                account = self.infrastructure.find_account(address, by)
                if account is not None:
                    main_list.add(account, by, key=f'metamist-{key}')
