"""The level groups: which programs run at which access level."""

from __future__ import annotations

from cpg_infra.config import AccessLevel
from cpg_infra.driver.components.component import Component
from cpg_infra.plan import Principal


class AccessLevels(Component):
    """Deployment accounts from the configuration; components add the accounts they make. Every dataset has these."""

    name = 'groups'

    def declare(self) -> None:
        """Put the configured deployment accounts in their level groups. Without tests there is no level `test`."""
        for level in self.dataset.levels:
            key = f'deployment_service_account_{level.value}'
            address = getattr(self.config, key)
            account = self.infrastructure.find_account(address, self.by(key)) if address is not None else None
            if account is not None:
                self.dataset.groups[level.value].add(account, self.by(key), key='deployment')

    def add(self, level: AccessLevel, kind: str, principal: Principal, component: Component) -> None:
        """Let the account that `component` made run at `level`."""
        self.dataset.groups[level.value].add(principal, component.by_choice(), key=kind)
