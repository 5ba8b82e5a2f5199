"""Hail Batch billing projects: who may charge jobs to a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpg_infra.plan import Asset, AssetKind, Grant, HailRole, Options, Resource, Value

if TYPE_CHECKING:
    from cpg_infra.driver.dataset_cloud import DatasetCloud


def declare_billing_project(dataset: DatasetCloud) -> None:
    """The billing project of a dataset on one cloud, with its users.

    These are the level users, the analysts who have a Hail name (those of dependants too: groups nest), the
    billing aggregator, and on internal datasets the developers.
    """
    root = dataset.root.root
    infrastructure, builder, by = dataset.infrastructure, root.builder, dataset.hail.by_choice()
    cloud = dataset.cloud.value
    asset = builder.asset(
        Asset(
            f'{cloud}:hail-billing-project:{dataset.name}',
            AssetKind.HAIL_BILLING_PROJECT,
            dataset.cloud,
            dataset.name,
            by.owner,
            by.origin,
        ),
    )
    users = {user.name for user in dataset.hail.users.values()}
    holders = [user.principal for user in dataset.hail.users.values()]
    analysis = dataset.groups['analysis']
    holders.append(analysis.principal)
    for principal in root.groups.resolve(analysis):
        if principal.user is not None and principal.hail_username is not None:
            users.add(principal.hail_username)
    if root.config.billing is not None and root.config.billing.hail_aggregator_username is not None:
        aggregator = infrastructure.existing_hail_user(root.config.billing.hail_aggregator_username)
        users.add(root.config.billing.hail_aggregator_username)
        holders.append(aggregator)
    if dataset.config.is_internal_dataset:
        for _, person in sorted(root.config.users.items()):
            developer = infrastructure.person(person) if person.can_access_internal_dataset_logs else None
            if developer is not None and developer.hail_username is not None:
                users.add(developer.hail_username)
                holders.append(developer)
    intents = [asset.key]
    for holder in holders:
        key = f'{asset.key}|{HailRole.USE.value}|{holder.key}'
        intents.append(builder.grant(Grant(key, holder.key, HailRole.USE, asset.key, by.owner, by.origin)).key)
    inputs: dict[str, Value] = {
        'name': dataset.name,
        'users': sorted(users),
        'url': dataset.hail.service.hail_batch_url,
        'cloud': cloud,
    }
    budget = dataset.budgets.budget
    if budget is not None and budget.hail_billing_limit is not None:
        inputs['limit'] = budget.hail_billing_limit
    builder.resource(
        Resource(
            infrastructure.logical('batch-billing-project'),
            infrastructure.service_type(AssetKind.HAIL_BILLING_PROJECT),
            f'{cloud}/{dataset.name}',
            inputs,
            by.owner,
            tuple(intents),
            tuple(sorted(str(user.resource) for user in dataset.hail.users.values())),
            Options(retain=True),
        ),
    )
