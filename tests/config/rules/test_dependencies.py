from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.config.rules.cycles import MAX_CYCLES, find_cycles
from tests.config.building import dataset, findings

LEADS_BACK = 'the dependencies lead back to the dataset:'


def test_dependencies_are_datasets() -> None:
    assert findings(dataset('alpha', depends_on=['betta'], depends_on_readonly=['x']), dataset('beta')) == [
        "alpha.depends_on: no dataset 'betta' (did you mean 'beta'?)",
        "alpha.depends_on_readonly: no dataset 'x'",
    ]


def test_a_dataset_does_not_depend_on_itself() -> None:
    assert findings(dataset('alpha', depends_on=['alpha'])) == ['alpha.depends_on: the dataset depends on itself']


def test_a_cycle_is_printed_once() -> None:
    assert findings(
        dataset('alpha', depends_on=['beta']),
        dataset('beta', depends_on_readonly=['gamma']),
        dataset('gamma', depends_on=['alpha']),
    ) == [f'alpha.depends_on: {LEADS_BACK} alpha → beta → gamma → alpha']


def test_every_cycle_is_printed() -> None:
    assert findings(
        dataset('alpha', depends_on=['beta', 'gamma']),
        dataset('beta', depends_on=['alpha']),
        dataset('gamma', depends_on=['alpha']),
    ) == [
        f'alpha.depends_on: {LEADS_BACK} alpha → beta → alpha',
        f'alpha.depends_on: {LEADS_BACK} alpha → gamma → alpha',
    ]


def test_a_diamond_is_no_cycle() -> None:
    assert (
        findings(
            dataset('alpha', depends_on=['beta', 'gamma']),
            dataset('beta', depends_on=['delta']),
            dataset('gamma', depends_on_readonly=['delta']),
            dataset('delta'),
        )
        == []
    )


def test_the_common_dataset_depends_on_nothing() -> None:
    assert findings(dataset('common', depends_on=['alpha']), dataset('alpha', depends_on=['common'])) == [
        'common.depends_on: every dataset depends on the common one, so this is a cycle: common → alpha → common',
    ]


def test_a_dataset_in_both_lists_is_remarked() -> None:
    assert findings(dataset('alpha', depends_on=['beta'], depends_on_readonly=['beta']), dataset('beta')) == [
        "warning: alpha.depends_on_readonly: 'beta' is in depends_on too, which is the stronger one and holds",
    ]


def test_a_long_cycle_is_shortened() -> None:
    names = [f'd{number:03}' for number in range(100)]
    said = findings(
        *(dataset(name, depends_on=[after]) for name, after in zip(names, [*names[1:], 'd000'], strict=True))
    )
    assert said == [
        (
            f'd000.depends_on: {LEADS_BACK} '
            'd000 → d001 → d002 → d003 → d004 → d005 → d006 → d007 → d008 → d009 → … (89 more) → d099 → d000'
        ),
    ]


def test_a_graph_full_of_cycles_takes_bounded_time() -> None:
    names = [f'd{number}' for number in range(400)]
    start = time.perf_counter()
    cycles, more = find_cycles({name: tuple(other for other in names if other != name) for name in names})
    assert len(cycles) == MAX_CYCLES
    assert more
    assert time.perf_counter() - start < 2


def test_a_chain_of_thousands_needs_no_recursion() -> None:
    assert find_cycles({f'd{number}': (f'd{number + 1}',) for number in range(20_000)}) == ([], False)


@given(
    st.dictionaries(st.sampled_from('abcdef'), st.lists(st.sampled_from('abcdef'), unique=True, max_size=4).map(tuple)),
)
def test_cycles_are_found_exactly_when_there_are_any(drawn: dict[str, tuple[str, ...]]) -> None:
    graph = {name: tuple(other for other in others if other != name) for name, others in drawn.items()}
    cycles, _ = find_cycles(graph)
    for cycle in cycles:
        assert cycle[0] == min(cycle)
        assert all(after in graph[name] for name, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    assert len(set(cycles)) == len(cycles)
    assert bool(cycles) == has_cycle(graph)


def has_cycle(graph: dict[str, tuple[str, ...]]) -> bool:
    """Take away what depends on nothing that is left, until nothing changes."""
    left = set(graph)
    while ends := {name for name in left if not left.intersection(graph[name])}:
        left -= ends
    return bool(left)


def test_reading_the_common_dataset_only_has_no_effect_while_everybody_depends_on_it_fully() -> None:
    assert findings(dataset('alpha', depends_on_readonly=['common'])) == [
        (
            "warning: alpha.depends_on_readonly: every dataset depends on 'common' fully, "
            'which is the stronger one and holds'
        ),
    ]
    assert findings(dataset('alpha', depends_on_readonly=['common']), common_dataset_access='readonly') == []
