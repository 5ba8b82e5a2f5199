"""The people in a dataset's groups, how its groups nest, and what analysts see of the project."""

from __future__ import annotations

from cpg_infra.config.people import DatasetMember
from cpg_infra.driver.components.component import Component
from cpg_infra.driver.tables import CONTAINS, CONTAINS_WITH_TESTS
from cpg_infra.plan import ProjectRole

ANALYSTS_VIEW = (ProjectRole.VIEW_COMPUTE, ProjectRole.VIEW_LOGS, ProjectRole.VIEW_MONITORING)


class People(Component):
    """Groups and people. Every dataset has these."""

    name = 'groups'

    def declare(self) -> None:
        """Nest the groups, put the people in, let analysts see the project."""
        groups = self.dataset.groups
        nesting = {**CONTAINS, **(CONTAINS_WITH_TESTS if self.config.setup_test else {})}
        for suffix, contained in nesting.items():
            for other in contained:
                groups[suffix].add(groups[other], self.by())
        for role in ANALYSTS_VIEW:
            self.infrastructure.grant(groups['analysis'].principal, role, self.infrastructure.project, self.by())
        for suffix, members in sorted(self.config.members.items()):
            # Validation has refused two entries of a person that end at different times.
            once = {
                member.id: member for member in sorted(members, key=lambda member: (member.id, member.reason or ''))
            }
            for user, member in once.items():
                self._add(suffix.value, user, member)

    def _add(self, suffix: str, user: str, member: DatasetMember) -> None:
        by = self.by('members', suffix, user)
        if member.is_past(self.dataset.root.root.date):
            message = f'the membership of {user} in {suffix} ended on {member.expires}; remove the entry'
            self.dataset.root.root.diagnose('expired-membership', message, by)
            return
        principal = self.infrastructure.person(self.organisation.users[user])
        if principal is None:
            # Validation has refused this where the group needs the account.
            return
        self.dataset.groups[suffix].add(
            principal,
            by,
            key=f'person-{user}',
            expires=member.expires,
            reason=member.reason,
        )
