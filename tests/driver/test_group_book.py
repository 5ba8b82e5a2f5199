"""The book of groups: keys, nesting, closing, resolving."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cpg_infra.abstraction import By, CloudInfrastructure
from cpg_infra.driver import ClosedBookError, DuplicateMemberError, GroupCycleError, PlaceholderGroup
from cpg_infra.driver.groups import GroupBook
from cpg_infra.plan import Owner, PlanError
from tests.organisations import infrastructure_of

BY = By(Owner('', None, 'test'), ('organisation',))


@pytest.fixture
def cloud() -> CloudInfrastructure:
    (organisation,) = infrastructure_of().on.values()
    return organisation.infrastructure


def chain(cloud: CloudInfrastructure, *names: str) -> tuple[GroupBook, dict[str, PlaceholderGroup]]:
    """Groups of which each contains the next."""
    book = GroupBook()
    groups = {name: book.make(cloud, name, BY) for name in names}
    for outer, inner in pairwise(names):
        groups[outer].add(groups[inner], BY)
    return book, groups


def add_ana(group: PlaceholderGroup) -> None:
    group.add(group.infrastructure.account('ana@example.org'), BY, key='who')


def add_bao(group: PlaceholderGroup) -> None:
    group.add(group.infrastructure.account('bao@example.org'), BY, key='who')


def test_a_key_that_is_used_twice_names_both_callers(cloud: CloudInfrastructure) -> None:
    _, groups = chain(cloud, 'readers')
    add_ana(groups['readers'])
    with pytest.raises(DuplicateMemberError) as caught:
        add_bao(groups['readers'])
    assert str(caught.value) == "group readers: the member 'who' is added twice, by add_ana and by add_bao"


def test_a_group_is_made_once_on_each_cloud(cloud: CloudInfrastructure) -> None:
    book, _ = chain(cloud, 'readers')
    with pytest.raises(PlanError, match='the group readers is made twice on gcp'):
        book.make(cloud, 'readers', BY)


@pytest.mark.parametrize('names', [('a', 'b', 'c'), ('a', 'b'), ('a',)])
def test_groups_that_contain_each_other_are_refused_with_their_path(
    cloud: CloudInfrastructure,
    names: tuple[str, ...],
) -> None:
    book, groups = chain(cloud, *names)
    groups[names[-1]].add(groups['a'], BY)
    with pytest.raises(GroupCycleError) as caught:
        book.close()
    assert str(caught.value) == f'groups contain each other: {" → ".join([*names, "a"])}'


def test_the_path_of_a_cycle_does_not_hold_what_leads_to_it(cloud: CloudInfrastructure) -> None:
    book, groups = chain(cloud, 'a', 'b', 'c', 'd')
    groups['d'].add(groups['c'], BY)
    with pytest.raises(GroupCycleError, match=r'groups contain each other: c → d → c$'):
        book.close()


def test_a_group_that_is_reached_on_two_ways_is_no_cycle(cloud: CloudInfrastructure) -> None:
    book, groups = chain(cloud, 'a', 'b', 'd')
    c = book.make(cloud, 'c', BY)
    groups['a'].add(c, BY)
    c.add(groups['d'], BY)
    add_ana(groups['d'])
    book.close()
    assert [each.address for each in book.resolve(groups['a'])] == ['ana@example.org']


def test_nesting_may_be_as_deep_as_it_likes(cloud: CloudInfrastructure) -> None:
    names = [f'g{number:04}' for number in range(5_000)]
    book, groups = chain(cloud, *names)
    add_ana(groups[names[-1]])
    book.close()
    assert [each.address for each in book.resolve(groups[names[0]])] == ['ana@example.org']


def test_people_are_found_once_however_often_they_are_in(cloud: CloudInfrastructure) -> None:
    book, groups = chain(cloud, 'a', 'b')
    for group in groups.values():
        add_ana(group)
    groups['a'].add(cloud.account('ANA@example.org'), BY, key='again')
    book.close()
    assert [each.address for each in book.resolve(groups['a'])] == ['ana@example.org']
    assert [each.key for each in groups['a'].direct()] == ['again', 'gcp:group:b']


def test_a_closed_book_takes_no_members(cloud: CloudInfrastructure) -> None:
    book, groups = chain(cloud, 'readers')
    book.close()
    with pytest.raises(ClosedBookError, match='group readers: the groups are closed, nothing can be added'):
        add_ana(groups['readers'])


def test_an_open_book_does_not_say_who_is_in_a_group(cloud: CloudInfrastructure) -> None:
    book, groups = chain(cloud, 'readers')
    with pytest.raises(PlanError, match='members can be resolved only when the groups are closed'):
        book.resolve(groups['readers'])


def test_groups_come_in_the_order_of_their_names(cloud: CloudInfrastructure) -> None:
    book, _ = chain(cloud, 'c', 'a', 'b')
    assert [group.name for group in book] == ['a', 'b', 'c']
