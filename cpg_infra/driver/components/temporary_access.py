"""Temporary access to the main bucket: who may ask for it, and the account that asks for notebooks."""

from __future__ import annotations

import datetime as dt
from typing import Final

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
    def needed(self) -> bool:
        """Whether somebody may ask: the dataset's own people or notebooks, or those of a direct dependant.

        The common dataset is everybody's dependency; that alone does not count.
        """
        root = self.dataset.root
        if not self.dataset.has(CPGDatasetComponents.STORAGE):
            return False
        cloud = self.dataset.cloud
        return root.wants_temporary_access or any(
            other.wants_temporary_access and cloud in other.on for other in root.dependants
        )

    def declare(self) -> None:
        """The entitlement, and what the asking takes."""
        group = self.dataset.groups[GROUP]
        if self.config.allow_notebook_tmp_main_read and self.dataset.has(CPGDatasetComponents.NOTEBOOKS):
            by = self.by('allow_notebook_tmp_main_read')
            account = self.dataset.notebooks.account
            group.add(account.principal, by, key='notebook')
            broker = self.dataset.root.root.on[self.dataset.cloud].broker
            self.infrastructure.grant(broker.principal, AccountRole.CREATE_TOKENS, account, by)
        if not self.needed:
            return
        by = self.by('allow_notebook_tmp_main_read' if self.config.allow_notebook_tmp_main_read else 'members')
        terms = self.organisation.temporary_access
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
        self.infrastructure.output(f'pam-entitlement-{self.dataset.name}-read', identifier)
