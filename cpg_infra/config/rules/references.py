"""References: every user and dataset that is named exists, and has what the reference needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import Path, Severity, dataset_path, organisation_path
from cpg_infra.config.names import Cloud
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules.whole import Findings, Whole


class _Mention(NamedTuple):
    """A user id in a list: the path of the list, and the ids of its items with their paths."""

    path: Path
    user: str
    at: Path


def _people_of(dataset: CPGDatasetConfig) -> Iterator[_Mention]:
    for group, members in dataset.members.items():
        path = dataset_path(dataset.dataset, 'members', group)
        for member in members:
            yield _Mention(path, member.id, (*path, member.id))


def _uploaders_of(dataset: CPGDatasetConfig) -> Iterator[_Mention]:
    upload = dataset.upload_config
    if upload is None:
        return
    base = dataset_path(dataset.dataset, 'upload_config')
    if upload.default_bucket is not None:
        yield from _listed((*base, 'default_bucket', 'uploaders'), upload.default_bucket.uploaders or ())
    for bucket in upload.additional_buckets:
        yield from _listed((*base, 'additional_buckets', bucket.name, 'uploaders'), bucket.uploaders or ())


def _dropbox_uploaders_of(dataset: CPGDatasetConfig) -> Iterator[_Mention]:
    if dataset.upload_config is None:
        return
    base = dataset_path(dataset.dataset, 'upload_config', 'dropboxes')
    for dropbox in dataset.upload_config.dropboxes:
        yield from _listed((*base, dropbox.id, 'uploaders'), dropbox.uploaders)


def _listed(path: Path, users: tuple[str, ...]) -> Iterator[_Mention]:
    return (_Mention(path, user, (*path, user)) for user in users)


def _adhoc_members(organisation: CPGInfrastructureConfig) -> Iterator[_Mention]:
    for group in organisation.adhoc_groups or ():
        yield from _listed(organisation_path('adhoc_groups', group.name, 'members'), group.members)


def common_dataset_exists(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The common dataset is one of the datasets."""
    name, path = organisation.common_dataset, organisation_path('common_dataset')
    if not whole.is_broken(*path) and not whole.knows_dataset(name):
        yield whole.finding('unknown-dataset', path, f"no dataset '{name}'", suggestion=whole.near(name, whole.names))


def users_exist(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Everybody in a group or a list of uploaders is a user of the organisation."""
    mentions = [*_adhoc_members(organisation)]
    for dataset in whole.datasets.values():
        mentions += [*_people_of(dataset), *_uploaders_of(dataset), *_dropbox_uploaders_of(dataset)]
    for path, user, at in mentions:
        if not whole.knows_user(user):
            yield whole.finding(
                'unknown-user',
                path,
                f"no user '{user}'",
                at=at,
                suggestion=whole.near(user, whole.users),
            )


def users_have_their_own_id(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The key of a user is the user's id."""
    for key, user in organisation.users.items():
        if key != user.id:
            path = organisation_path('users', key)
            yield whole.finding('user-id', path, f"the user's id is '{user.id}'", at=(*path, 'id'))


def accounts_are_not_shared(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Two users with one account are one person, who would be removed from a group only in half."""
    first: dict[tuple[str, str], str] = {}
    for key, user in organisation.users.items():
        for cloud, account in user.clouds.items():
            other = first.setdefault((cloud, account.id.lower()), key)
            if other != key:
                yield whole.finding(
                    'shared-account',
                    organisation_path('users', key, 'clouds', cloud),
                    f"the account '{account.id}' is also that of user '{other}'",
                    at=organisation_path('users', key, 'clouds', cloud, 'id'),
                    severity=Severity.WARNING,
                )


def members_have_accounts(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A member of a dataset's group has an account on every cloud the dataset is deployed to.

    The dry run needs no accounts. A dropbox needs its uploaders' accounts where the dropbox service is.
    """
    service = organisation.data_dropbox
    served = {Cloud.GCP} | ({Cloud.AZURE} if service is not None and service.azure is not None else set())
    for dataset in whole.datasets.values():
        for cloud in dataset.clouds:
            if cloud is Cloud.DRY_RUN:
                continue
            mentions = [*_people_of(dataset), *_uploaders_of(dataset)]
            if cloud in served:
                mentions += _dropbox_uploaders_of(dataset)
            for path, user, at in mentions:
                if _lacks_account(whole, organisation, user, cloud):
                    yield whole.finding(
                        'no-account',
                        path,
                        f"user '{user}' has no account on {cloud}, where the dataset is deployed",
                        at=at,
                        suggestion=f'add users.{user}.clouds.{cloud}',
                    )


def adhoc_members_have_accounts(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A member of an ad-hoc group without an account there is left out; that deploys today, so it is a warning."""
    common = whole.datasets.get(organisation.common_dataset)
    for cloud in common.clouds if common is not None else ():
        if cloud is Cloud.DRY_RUN:
            continue
        for path, user, at in _adhoc_members(organisation):
            if _lacks_account(whole, organisation, user, cloud):
                yield whole.finding(
                    'no-account',
                    path,
                    f"user '{user}' has no account on {cloud} and is left out of the group there",
                    at=at,
                    severity=Severity.WARNING,
                )


def _lacks_account(whole: Whole, organisation: CPGInfrastructureConfig, user: str, cloud: Cloud) -> bool:
    known = organisation.users.get(user)
    if known is None or whole.is_broken('organisation', 'users', user, 'clouds'):
        return False
    return cloud.value not in known.clouds


def members_are_listed_once(whole: Whole) -> Findings:
    """A member stands once in a group: with two dates of expiry, nobody knows which one holds."""
    for dataset in whole.datasets.values():
        for group, members in dataset.members.items():
            path = dataset_path(dataset.dataset, 'members', group)
            first = {member.id: member for member in reversed(members)}
            if len(first) == len(members):
                continue
            seen: set[str] = set()
            for position, member in enumerate(members):
                if member.id in seen:
                    same = member.expires == first[member.id].expires
                    yield whole.finding(
                        'duplicate-member',
                        path,
                        f"'{member.id}' is listed twice" + ('' if same else ', with different dates of expiry'),
                        at=(*path, position),
                        severity=Severity.WARNING if same else Severity.ERROR,
                    )
                seen.add(member.id)


def analysis_groups_exist(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A parser's `analysis_group_dataset` is a dataset."""
    etl = organisation.metamist.etl if organisation.metamist is not None else None
    for name, parser in etl.by_type.items() if etl is not None else ():
        dataset = parser.analysis_group_dataset
        if dataset is not None and not whole.knows_dataset(dataset):
            yield whole.finding(
                'unknown-dataset',
                organisation_path('metamist', 'etl', 'by_type', name, 'analysis_group_dataset'),
                f"no dataset '{dataset}'",
                suggestion=whole.near(dataset, whole.names),
            )


def cost_control_spares_datasets(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Cost control protects and snoozes datasets that exist: a slip of the pen would leave one unprotected."""
    controls = organisation.billing.gcp_cost_controls if organisation.billing is not None else None
    if controls is None:
        return
    base = organisation_path('billing', 'gcp_cost_controls')
    mentions = [((*base, 'protected'), name, (*base, 'protected', name)) for name in controls.protected]
    mentions += [((*base, 'snoozes', name), name, (*base, 'snoozes', name)) for name in controls.snoozes]
    for path, name, at in mentions:
        if not whole.knows_dataset(name):
            suggestion = whole.near(name, whole.names)
            yield whole.finding('unknown-dataset', path, f"no dataset '{name}'", at=at, suggestion=suggestion)


def checks_except_datasets(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A check makes exceptions for datasets that exist."""
    for check, options in organisation.checks.items():
        path = organisation_path('checks', check, 'except_datasets')
        for dataset in options.except_datasets:
            if not whole.knows_dataset(dataset):
                yield whole.finding(
                    'unknown-dataset',
                    path,
                    f"no dataset '{dataset}'",
                    at=(*path, dataset),
                    suggestion=whole.near(dataset, whole.names),
                )


RULES = (members_are_listed_once,)
RULES_WITH_ORGANISATION = (
    common_dataset_exists,
    users_exist,
    users_have_their_own_id,
    accounts_are_not_shared,
    members_have_accounts,
    adhoc_members_have_accounts,
    analysis_groups_exist,
    checks_except_datasets,
    cost_control_spares_datasets,
)
