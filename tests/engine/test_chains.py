"""Long chains neither overflow the stack nor take a time that grows with their square.

What the SDK does by itself: 700 links overflow its search for cycles, and a chain of 600 takes ten times as long
as 600 resources that do not depend on each other.
"""

from __future__ import annotations

from time import perf_counter

import pytest

from cpg_infra.engine.emit import emit
from cpg_infra.plan import Plan, Ref
from tests.engine.building import plan, resource
from tests.engine.programs import run

LINKS = 3_000


def chain_of_dependencies(links: int) -> Plan:
    return plan(
        resource('0', {'name': '0'}),
        *(resource(str(link), {'name': 'x'}, depends_on=[str(link - 1)]) for link in range(1, links)),
    )


def chain_of_references(links: int) -> Plan:
    return plan(
        resource('0', {'name': 'x'}),
        *(resource(str(link), {'name': Ref(str(link - 1), 'name')}) for link in range(1, links)),
    )


@pytest.mark.parametrize(
    ('the_plan', 'preview'),
    [(chain_of_dependencies(LINKS), True), (chain_of_dependencies(LINKS), False), (chain_of_references(LINKS), False)],
    ids=['dependencies-preview', 'dependencies-update', 'references-update'],
)
def test_a_chain_of_3000_resources_is_registered_in_order(the_plan: Plan, preview: bool) -> None:
    recording = run(lambda: emit(the_plan), preview=preview)
    assert list(recording.resources) == [str(link) for link in range(LINKS)]
    assert recording.resources[str(LINKS - 1)].dependencies == {str(LINKS - 2)}
    assert recording.resources[str(LINKS - 1)].inputs == {'name': 'x'}


def test_a_chain_costs_about_as_much_as_resources_side_by_side() -> None:
    side_by_side = plan(*(resource(str(number), {'name': 'x'}) for number in range(1_500)))
    chain = chain_of_dependencies(1_500)

    def seconds(the_plan: Plan) -> float:
        began = perf_counter()
        run(lambda: emit(the_plan), preview=False)
        return perf_counter() - began

    assert seconds(chain) < 4 * seconds(side_by_side)


def test_thousands_of_resources_may_depend_on_one(preview: bool) -> None:
    the_plan = plan(*(resource(str(number), depends_on=['root']) for number in range(1_000)), resource('root'))
    recording = run(lambda: emit(the_plan), preview=preview)
    assert len(recording.resources) == 1_001
    assert all(recording.resources[str(number)].dependencies == {'root'} for number in range(1_000))
