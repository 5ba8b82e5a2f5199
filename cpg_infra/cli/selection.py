"""Which part of a plan is shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import typer

from cpg_infra.cli.planning import Planned
from cpg_infra.config.diagnostics import Diagnostic
from cpg_infra.config.names import Cloud
from cpg_infra.config.suggest import did_you_mean
from cpg_infra.plan import Entitlement, Grant, Owner, Plan


@dataclass(frozen=True)
class Selection:
    """Datasets and a cloud; None is no restriction."""

    datasets: frozenset[str] | None = None
    cloud: Cloud | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.datasets is None and self.cloud is None

    def owns(self, owner: Owner) -> bool:
        """Whether what belongs to `owner` is selected."""
        return (self.datasets is None or owner.dataset in self.datasets) and (
            self.cloud is None or owner.cloud == self.cloud
        )

    def about(self, remark: Diagnostic) -> bool:
        """Whether a remark is about something selected."""
        if self.datasets is None:
            return True
        return len(remark.path) > 1 and remark.path[0] == 'dataset' and remark.path[1] in self.datasets


def choose(planned: Planned, datasets: Sequence[str], cloud: str | None) -> Selection:
    """The selection that options ask for. Raises `typer.BadParameter` for a name that is not there."""
    known = planned.loaded.datasets
    for name in datasets:
        if name not in known:
            raise typer.BadParameter(f'no dataset {name!r}{_hint(name, known)}', param_hint='--dataset')
    clouds = sorted({place.value for dataset in known.values() for place in dataset.clouds})
    if cloud is not None and cloud not in clouds:
        hint = _hint(cloud, clouds) or f' (there is {", ".join(clouds) or "no cloud"})'
        raise typer.BadParameter(f'nothing is on {cloud!r}{hint}', param_hint='--cloud')
    return Selection(frozenset(datasets) or None, Cloud(cloud) if cloud is not None else None)


def _hint(name: str, known: Iterable[str]) -> str:
    near = did_you_mean(name, known)
    return f' ({near})' if near else ''


def select(plan: Plan, selection: Selection) -> Plan:
    """The part of a plan that is selected, complete in itself.

    It holds what selected owners declared; who else was let in there (grants on their things, members of their
    groups); and the principals, groups and things that these name. Stack outputs belong to the whole and are
    left out.
    """
    if selection.is_all:
        return plan
    owns = selection.owns
    things = {asset.key for asset in plan.assets if owns(asset.owner)}
    groups = {group.key for group in plan.groups if owns(group.owner)}
    grants = tuple(grant for grant in plan.grants if grant.asset in things or owns(grant.owner))
    entitlements = tuple(each for each in plan.entitlements if each.asset in things or owns(each.owner))
    memberships = tuple(each for each in plan.memberships if each.group in groups or owns(each.owner))
    access: tuple[Grant | Entitlement, ...] = (*grants, *entitlements)
    things.update(each.asset for each in access)
    groups.update(membership.group for membership in memberships)
    principals = {
        *groups,
        *(each.principal for each in access),
        *(membership.member for membership in memberships),
    }
    return dataclasses.replace(
        plan,
        resources=tuple(resource for resource in plan.resources if owns(resource.owner)),
        assets=tuple(asset for asset in plan.assets if asset.key in things),
        principals=tuple(principal for principal in plan.principals if principal.key in principals),
        groups=tuple(group for group in plan.groups if group.key in groups),
        memberships=memberships,
        grants=grants,
        entitlements=entitlements,
        outputs={},
        diagnostics=tuple(remark for remark in plan.diagnostics if selection.about(remark)),
    )
