"""Temporary access to the main bucket: who may ask for it, and the account that asks for notebooks."""

from __future__ import annotations

import datetime as dt
from typing import Final

from cpg_infra.abstraction import By, Capability
from cpg_infra.abstraction.specification import TemporaryAccess as Terms
from cpg_infra.config import CPGDatasetComponents
from cpg_infra.driver.components.component import Component
from cpg_infra.plan import AccountRole, ProjectRole

MAX_DURATION: Final = dt.timedelta(days=7)
"""How long one grant lasts at most."""

GROUP = 'tmp-main-read-access'


class TemporaryAccess(Component):
    """One entitlement for the group `tmp-main-read-access`, where somebody may need it."""

    name = 'temporary-access'

    @property
    def asked_for(self) -> By | None:
        """Why somebody may ask, None when nobody may.

        It is for the dataset's own notebooks or people, or for those of a direct dependant. The common dataset is
        everybody's dependency; that alone does not count.
        """
        if not self.dataset.has(CPGDatasetComponents.STORAGE):
            return None
        notebooks = self.infrastructure.can(Capability.TEMPORARY_ACCESS_FOR_MACHINES)
        if notebooks and self.config.allow_notebook_tmp_main_read:
            return self.by('allow_notebook_tmp_main_read')
        if self.dataset.root.wants_temporary_access(notebooks=notebooks):
            return self.by('members', GROUP)
        name = self.dataset.name
        for other in self.dataset.root.dependants:
            if other.wants_temporary_access(notebooks=notebooks) and self.dataset.cloud in other.on:
                key = 'depends_on' if name in other.config.depends_on else 'depends_on_readonly'
                return By(self.by().owner, other.by(self.name, key, name).origin)
        return None

    def declare(self) -> None:
        """The entitlement, and what the asking takes."""
        group = self.dataset.groups[GROUP]
        if self.config.allow_notebook_tmp_main_read and self.dataset.has(CPGDatasetComponents.NOTEBOOKS):
            own = self.by('allow_notebook_tmp_main_read')
            account = self.dataset.notebooks.account
            group.add(account.principal, own, key='notebook')
            broker = self.dataset.root.root.on[self.dataset.cloud].broker
            self.infrastructure.grant(broker.principal, AccountRole.CREATE_TOKENS, account, own)
        by = self.asked_for
        # Validation has refused what a tenant without the licence asks for.
        if by is None or not self.infrastructure.offers_temporary_access:
            return
        terms = self.organisation.temporary_access
        for_notebooks = self.infrastructure.can(Capability.TEMPORARY_ACCESS_FOR_MACHINES)
        if for_notebooks:
            _ = self.dataset.root.root.on[self.dataset.cloud].broker
        self.infrastructure.grant(group.principal, ProjectRole.BROWSE, self.infrastructure.project, by)
        identifier = f'pam-{self.dataset.name}-read'
        self.infrastructure.temporary_access(
            'temporary-bucket-access-main-read',
            group.principal,
            self.dataset.storage.main,
            Terms(
                identifier,
                MAX_DURATION,
                approvers=terms.approver_groups if terms else (),
                approvals=terms.steps if terms else 1,
                notify=terms.notification_addresses if terms else (),
            ),
            by,
        )
        if for_notebooks:
            self.infrastructure.output(f'pam-entitlement-{self.dataset.name}-read', identifier)
