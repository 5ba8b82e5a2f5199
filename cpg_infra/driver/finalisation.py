"""The end of a plan: plugins, then groups into their four sinks, then policies.

The sinks (the cloud's groups, the members caches, metamist projects, Hail Batch billing projects) all read from
one closed book of groups, so they cannot disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpg_infra.config import Cloud, CPGDatasetComponents
from cpg_infra.driver.billing_projects import declare_billing_project
from cpg_infra.driver.groups import PlaceholderGroup
from cpg_infra.driver.organisation_cloud import OrganisationCloud
from cpg_infra.driver.outputs import declare_infrastructure_file, declare_members_caches, declare_storage_files
from cpg_infra.plan import Membership
from cpg_infra.plugin import run_hook

if TYPE_CHECKING:
    from cpg_infra.driver.infrastructure import Infrastructure


def finalise(root: Infrastructure) -> None:
    """Let plugins have their say, close the groups, and write everything that depends on them.

    Raises `PluginError` when a plugin fails and `GroupCycleError` when groups contain each other.
    """
    for name, plugin in root.plugins.items():
        run_hook(name, plugin.main)
    root.groups.close()
    for name, plugin in root.plugins.items():
        run_hook(name, plugin.on_group_finalisation)
    for group in root.groups:
        _declare_group(root, group)
    declare_members_caches(root)
    for dataset in root.datasets.values():
        dataset.metamist.finalise()
        for there in dataset.on.values():
            if there.has(CPGDatasetComponents.HAIL_ACCOUNTS):
                declare_billing_project(there)
    for organisation in root.on.values():
        declare_storage_files(organisation, _store(root, organisation.cloud))
    if root.clouds:
        declare_infrastructure_file(root, _store(root, root.clouds[0]))
    for organisation in root.on.values():
        organisation.infrastructure.lower_grants()


def _store(root: Infrastructure, cloud: Cloud) -> OrganisationCloud:
    """The cloud that holds the configuration of datasets on `cloud`: one destination serves all real clouds."""
    here = root.on[cloud]
    if here.infrastructure.on_paper:
        return here
    real = (organisation for organisation in root.on.values() if not organisation.infrastructure.on_paper)
    return next((organisation for organisation in real if organisation.destination is not None), here)


def _declare_group(root: Infrastructure, group: PlaceholderGroup) -> None:
    infrastructure = group.infrastructure
    record = group.group
    members = list(group.direct())
    principals = {}
    for member in members:
        key = f'{record.key}|{member.principal.key}'
        principals[key] = member.principal
        root.builder.membership(
            Membership(
                key,
                record.key,
                member.principal.key,
                member.key,
                member.by.owner,
                member.by.origin,
                member.expires,
                member.reason,
            ),
        )
    if group.identifier is not None:
        root.builder.group(record)
        logical = infrastructure.logical(f'{group.name}-members')
        infrastructure.existing_group_members(logical, group.identifier, principals, group.by)
        return
    infrastructure.group(record, group.principal, group.by)
    infrastructure.group_members(record, group.principal, principals.values(), group.by)
