"""What somebody may do by becoming machine accounts, and by which way."""

from __future__ import annotations

import datetime as dt

import pytest

from cpg_infra.access import HoldingAsAccount, resolve
from cpg_infra.config import Cloud
from cpg_infra.plan import AccountRole, Asset, AssetKind, BucketRole, Plan, Principal, PrincipalKind
from cpg_infra.plan.access import account_as_principal
from tests.access.building import DAY, ORIGIN, OWNER, bucket, grant, group, person, plan, within
from tests.driver.rich import rich
from tests.evaluator.everything import EVERYTHING
from tests.evaluator.pool import plan_of

READ, MUTATE = BucketRole.READ, BucketRole.MUTATE


def asset_of(name: str) -> str:
    return f'gcp:machine-account:{name}'


def account(name: str) -> tuple[Asset, Principal]:
    """A machine account, as what access is granted on and as what access is granted to."""
    key = f'gcp:machine:{name}'
    return (
        Asset(asset_of(name), AssetKind.MACHINE_ACCOUNT, Cloud.GCP, name, OWNER, ORIGIN),
        Principal(key, PrincipalKind.MACHINE, Cloud.GCP, name),
    )


def chained(*, expires: dt.date | None = None) -> Plan:
    """Ana comes in as one account, which acts as another, which reads a bucket."""
    (outer, outer_self), (inner, inner_self) = account('outer'), account('inner')
    return plan(
        principals=[person('ana'), group('users'), outer_self, inner_self],
        memberships=within('ana', 'users', expires=expires),
        grants=[
            grant('users', AccountRole.COME_IN_AS, outer.key),
            grant(outer_self.key, AccountRole.ACT_AS, inner.key),
            grant(outer_self.key, READ, 'logs'),
            grant(inner_self.key, MUTATE, 'main'),
        ],
        assets=[bucket('main'), bucket('logs'), outer, inner],
    )


def told(found: tuple[HoldingAsAccount, ...]) -> list[tuple[str, tuple[str, ...], str, str]]:
    return [(each.principal, each.accounts, each.holding.role.value, each.holding.asset) for each in found]


def test_an_account_is_become_by_a_role_on_it_and_so_is_what_that_account_may_become() -> None:
    assert told(resolve(chained()).as_account('ana')) == [
        ('ana', (asset_of('outer'),), 'account.act-as', asset_of('inner')),
        ('ana', (asset_of('outer'),), 'bucket.read', 'logs'),
        ('ana', (asset_of('outer'), asset_of('inner')), 'bucket.mutate', 'main'),
    ]


def test_who_may_do_something_as_an_account_is_told_for_groups_and_accounts_too() -> None:
    both = (asset_of('outer'), asset_of('inner'))
    assert told(resolve(chained()).as_account_on('main')) == [
        ('ana', both, 'bucket.mutate', 'main'),
        ('gcp:machine:outer', both[1:], 'bucket.mutate', 'main'),
        ('users', both, 'bucket.mutate', 'main'),
    ]


def test_what_is_held_without_becoming_anything_is_not_repeated() -> None:
    _, own_self = account('own')
    access = resolve(plan(principals=[own_self], grants=[grant(own_self.key, READ, 'main')], assets=[bucket('main')]))
    assert access.as_account(own_self.key) == ()
    assert access.as_account_on('main') == ()


def test_an_account_that_may_act_as_itself_is_not_told_for_ever() -> None:
    own, own_self = account('own')
    access = resolve(
        plan(
            principals=[own_self],
            grants=[grant(own_self.key, AccountRole.ACT_AS, own.key), grant(own_self.key, READ, 'main')],
            assets=[bucket('main'), own],
        ),
    )
    assert access.as_account(own_self.key) == ()


@pytest.mark.parametrize('expires', [None, DAY])
def test_it_ends_with_the_membership_that_ends_first(expires: dt.date | None) -> None:
    assert {each.expires for each in resolve(chained(expires=expires)).as_account('ana')} == {expires}


def test_of_several_ways_a_short_one_is_told() -> None:
    (outer, outer_self), (inner, inner_self) = account('outer'), account('inner')
    access = resolve(
        plan(
            principals=[person('ana'), outer_self, inner_self],
            grants=[
                grant('ana', AccountRole.COME_IN_AS, outer.key),
                grant(outer_self.key, AccountRole.CREATE_TOKENS, inner.key),
                grant('ana', AccountRole.MANAGE_KEYS, inner.key),
                grant(inner_self.key, READ, 'main'),
            ],
            assets=[bucket('main'), outer, inner],
        ),
    )
    assert [each.accounts for each in access.as_account_on('main')] == [(inner.key,), (inner.key,)]


def plans() -> list[Plan]:
    return [rich(), *(plan_of(make()) for make in EVERYTHING.values())]


@pytest.mark.parametrize('made', plans(), ids=['rich', *EVERYTHING])
def test_every_machine_account_is_a_principal_under_the_key_that_follows(made: Plan) -> None:
    accounts = [asset for asset in made.assets if asset.kind is AssetKind.MACHINE_ACCOUNT]
    assert accounts
    assert [asset.key for asset in accounts if account_as_principal(asset.key) not in made.principal_by_key] == []


@pytest.mark.parametrize('made', plans(), ids=['rich', *EVERYTHING])
def test_both_questions_have_the_same_answers(made: Plan) -> None:
    access = resolve(made)
    of_all = {each for principal in made.principals for each in access.as_account(principal.key)}
    assert of_all == {each for asset in made.assets for each in access.as_account_on(asset.key)}
    assert of_all
