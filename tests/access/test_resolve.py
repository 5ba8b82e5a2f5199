"""Effective access: groups in groups, ends of memberships, conditions, what lies in a project."""

from __future__ import annotations

import datetime as dt
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.access import Holding, resolve
from cpg_infra.plan import BucketRole, HailRole, ProjectRole
from tests.access.building import DAY, bucket, entitlement, grant, group, person, plan, project, within
from tests.driver.rich import rich

READ, MUTATE = BucketRole.READ, BucketRole.MUTATE
EARLIER, LATER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


def chain(depth: int) -> list[str]:
    return [f'g{number}' for number in range(depth)]


def test_what_is_given_to_somebody_needs_no_group() -> None:
    access = resolve(plan(principals=[person('ana')], grants=[grant('ana', READ, 'main')], assets=[bucket('main')]))
    assert access.of('ana') == (Holding('ana', 'main', READ, 'main'),)
    assert [(path.groups, path.expires) for path in access.paths(access.of('ana')[0])] == [((), None)]


def test_groups_eight_deep_are_followed_and_named_on_the_path() -> None:
    names = chain(8)
    nesting = [*within('ana', 'g0'), *(each for a, b in pairwise(names) for each in within(a, b))]
    access = resolve(
        plan(
            principals=[person('ana'), *map(group, names)],
            memberships=nesting,
            grants=[grant('g7', READ, 'main')],
            assets=[bucket('main')],
        ),
    )
    (held,) = access.of('ana')
    assert held == Holding('ana', 'main', READ, 'main')
    (path,) = access.paths(held)
    assert path.groups == tuple(names)
    assert path.memberships == tuple(nesting)
    assert path.allowance == grant('g7', READ, 'main')
    assert {each.principal for each in access.on('main')} == {'ana', *names}


def test_every_way_is_told_short_ones_first() -> None:
    access = resolve(
        plan(
            principals=[person('ana'), group('near'), group('far'), group('readers')],
            memberships=[*within('ana', 'near', 'far'), *within('near', 'far', 'readers'), *within('far', 'readers')],
            grants=[grant('readers', READ, 'main'), grant('far', MUTATE, 'main')],
            assets=[bucket('main')],
        ),
    )
    held = {holding.role: holding for holding in access.of('ana')}
    assert [path.groups for path in access.paths(held[READ])] == [
        ('near', 'readers'),
        ('far', 'readers'),
        ('near', 'far', 'readers'),
    ]
    assert [path.groups for path in access.paths(held[MUTATE])] == [('far',), ('near', 'far')]


def test_ways_through_many_layers_are_made_one_by_one() -> None:
    """Twenty layers of two groups are a million ways; the first is there at once."""
    layers = [[f'{side}{number}' for side in 'ab'] for number in range(20)]
    memberships = within('ana', *layers[0])
    for lower, upper in pairwise(layers):
        for each in lower:
            memberships += within(each, *upper)
    memberships += [each for last in layers[-1] for each in within(last, 'top')]
    names = [name for layer in layers for name in layer]
    access = resolve(
        plan(
            principals=[person('ana'), *map(group, names), group('top')],
            memberships=memberships,
            grants=[grant('top', READ, 'main'), grant('a0', READ, 'main')],
            assets=[bucket('main')],
        ),
    )
    first, second, *_ = islice(access.paths(access.of('ana')[0]), 100)
    assert first.groups == ('a0',)
    assert len(second.groups) == 21


@pytest.mark.parametrize(
    ('first', 'second', 'expires'),
    [(EARLIER, LATER, LATER), (EARLIER, None, None), (None, DAY, None), (DAY, DAY, DAY)],
)
def test_access_lasts_as_long_as_the_way_that_lasts_longest(
    first: dt.date | None,
    second: dt.date | None,
    expires: dt.date | None,
) -> None:
    access = resolve(
        plan(
            principals=[person('ana'), group('one'), group('two'), group('readers')],
            memberships=[
                *within('ana', 'one', expires=first),
                *within('ana', 'two', expires=second),
                *within('one', 'readers'),
                *within('two', 'readers'),
            ],
            grants=[grant('readers', READ, 'main')],
            assets=[bucket('main')],
        ),
    )
    (held,) = access.of('ana')
    assert held.expires == expires
    assert {path.expires for path in access.paths(held)} == {first, second}
    assert next(each for each in access.on('main') if each.principal == 'ana') == held


def test_a_way_lasts_as_long_as_the_membership_that_ends_first() -> None:
    access = resolve(
        plan(
            principals=[person('ana'), group('one'), group('two')],
            memberships=[*within('ana', 'one', expires=LATER), *within('one', 'two', expires=EARLIER)],
            grants=[grant('one', READ, 'main'), grant('two', MUTATE, 'main')],
            assets=[bucket('main')],
        ),
    )
    assert {held.role: held.expires for held in access.of('ana')} == {READ: LATER, MUTATE: EARLIER}
    assert {held.role: held.expires for held in access.of('one')} == {READ: None, MUTATE: EARLIER}


def test_a_role_under_a_condition_is_told_apart_from_the_role_without() -> None:
    access = resolve(
        plan(
            principals=[person('ana')],
            grants=[grant('ana', READ, 'main'), grant('ana', READ, 'main', condition='only on Mondays')],
            assets=[bucket('main')],
        ),
    )
    assert [held.condition for held in access.of('ana')] == [None, 'only on Mondays']
    assert [[path.allowance for path in access.paths(held)] for held in access.of('ana')] == [
        [grant('ana', READ, 'main')],
        [grant('ana', READ, 'main', condition='only on Mondays')],
    ]


def test_what_must_be_asked_for_is_told_apart_from_what_is_held() -> None:
    access = resolve(
        plan(
            principals=[person('ana'), group('askers')],
            memberships=within('ana', 'askers'),
            grants=[grant('ana', READ, 'main')],
            entitlements=[entitlement('askers', 'main', days=3)],
            assets=[bucket('main')],
        ),
    )
    assert access.of('ana') == (
        Holding('ana', 'main', READ, 'main'),
        Holding('ana', 'main', READ, 'main', at_most=dt.timedelta(days=3)),
    )
    (path,) = access.paths(access.of('ana')[1])
    assert (path.groups, path.allowance) == (('askers',), entitlement('askers', 'main', days=3))


def test_listing_every_bucket_of_a_project_reaches_the_buckets_in_it() -> None:
    listing = ProjectRole.LIST_BUCKETS
    access = resolve(
        plan(
            principals=[person('ana')],
            grants=[grant('ana', listing, 'mine'), grant('ana', ProjectRole.VIEW_LOGS, 'mine')],
            assets=[project('mine'), bucket('main', project='mine'), bucket('other', project='theirs')],
        ),
    )
    assert access.of('ana') == (
        Holding('ana', 'main', listing, 'mine'),
        Holding('ana', 'mine', listing, 'mine'),
        Holding('ana', 'mine', ProjectRole.VIEW_LOGS, 'mine'),
    )
    assert access.on('main') == (Holding('ana', 'main', listing, 'mine'),)
    assert access.on('other') == ()
    (path,) = access.paths(access.on('main')[0])
    assert path.allowance == grant('ana', listing, 'mine')


def test_a_billing_project_of_hail_batch_is_open_to_those_with_a_name_there() -> None:
    access = resolve(
        plan(
            principals=[person('ana', hail='ana-hail'), person('bao'), group('analysts')],
            memberships=[*within('ana', 'analysts'), *within('bao', 'analysts')],
            grants=[grant('analysts', HailRole.USE, 'batch')],
            assets=[bucket('batch')],
        ),
    )
    assert [held.principal for held in access.on('batch')] == ['ana']
    assert access.of('bao') == access.of('analysts') == ()


def test_groups_that_contain_each_other_do_not_hold_it_up() -> None:
    """Planning refuses them; whoever builds a plan otherwise still gets an answer."""
    access = resolve(
        plan(
            principals=[person('ana'), group('hen'), group('egg')],
            memberships=[*within('ana', 'hen'), *within('hen', 'egg'), *within('egg', 'hen')],
            grants=[grant('egg', READ, 'main')],
            assets=[bucket('main')],
        ),
    )
    (held,) = access.of('ana')
    assert [path.groups for path in access.paths(held)] == [('hen', 'egg')]
    assert {each.principal for each in access.on('main')} == {'ana', 'hen', 'egg'}


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])))
def test_both_directions_and_the_paths_agree(pairs: set[tuple[int, int]]) -> None:
    names = chain(8)
    access = resolve(
        plan(
            principals=map(group, names),
            memberships=[each for low, high in sorted(pairs) for each in within(f'g{low}', f'g{high}')],
            grants=[grant(name, READ, name) for name in names],
            assets=map(bucket, names),
        ),
    )
    held = list(access.everything())
    assert sorted(held, key=str) == sorted((each for name in names for each in access.on(name)), key=str)
    assert all(next(access.paths(each)).allowance.principal == each.asset for each in held)


def test_of_a_whole_plan_both_directions_agree() -> None:
    access = resolve(rich())
    held = list(access.everything())
    assert len(held) > 1000
    assert sorted(held, key=str) == sorted((each for asset in rich().assets for each in access.on(asset.key)), key=str)
