"""The plan of a real configuration runs as a Pulumi program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from cpg_infra.engine.emit import emit
from cpg_infra.engine.survey import leaves_of
from cpg_infra.plan import Lookup, Plan, Ref, Value
from tests.engine.programs import UNKNOWN, Recording, Secret, run


@pytest.fixture(scope='module', params=[True, False], ids=['preview', 'update'])
def mode(request: pytest.FixtureRequest) -> str:
    return 'preview' if request.param else 'update'


@pytest.fixture(scope='module')
def recording(real_plan: Plan, mode: str) -> Recording:
    """One run of the whole program, which every test here looks at."""
    return run_real(real_plan, preview=mode == 'preview')


def run_real(plan: Plan, *, preview: bool) -> Recording:
    read = {(leaf.resource, leaf.output) for leaf in leaves(plan) if isinstance(leaf, Ref)}
    replies: dict[str, dict[str, object]] = {}
    for leaf in leaves(plan):
        if isinstance(leaf, Lookup):
            replies.setdefault(leaf.function, {})[leaf.output] = f'answer-{leaf.output}'

    def provider(kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
        # Base 64, because a computation may want to decode it.
        return {output: 'b3V0' for resource, output in read if resource == name and output not in inputs}

    with pytest.MonkeyPatch.context() as environment:
        for setting in plan.settings:
            environment.setenv(setting.variable, setting.value)
        return run(lambda: emit(plan), preview=preview, provider=provider, answers=replies)


def leaves(plan: Plan) -> Iterator[Ref | Lookup]:
    for value in (*(resource.inputs for resource in plan.resources), plan.outputs):
        yield from leaves_of(value)


def test_every_resource_is_registered_once_with_its_inputs(real_plan: Plan, recording: Recording) -> None:
    assert len(real_plan.resources) > 300
    assert recording.resources.keys() == real_plan.resource_by_name.keys()
    for resource in real_plan.resources:
        registration = recording.resources[resource.name]
        given = {key for key, value in resource.inputs.items() if value is not None}
        assert registration.inputs.keys() == given, resource.name
        assert registration.request.type == resource.type


def test_every_need_is_a_dependency_registered_before(real_plan: Plan, recording: Recording) -> None:
    place = {name: number for number, name in enumerate(recording.resources)}
    needs = 0
    for resource in real_plan.resources:
        referred = {leaf.resource for leaf in leaves_of(resource.inputs) if isinstance(leaf, Ref)}
        assert recording.resources[resource.name].dependencies == {*resource.depends_on, *referred}
        assert all(place[other] < place[resource.name] for other in recording.resources[resource.name].dependencies)
        needs += len(referred)
    assert needs > 0


def test_an_update_leaves_nothing_unknown_and_a_preview_little(
    real_plan: Plan, recording: Recording, mode: str
) -> None:
    unknown = [name for name, registration in recording.resources.items() if UNKNOWN in repr(registration.inputs)]
    assert len(unknown) < len(real_plan.resources) / 3
    assert bool(unknown) is (mode == 'preview')


def test_secret_inputs_are_secret(real_plan: Plan, recording: Recording) -> None:
    secrets = [
        recording.resources[resource.name].inputs[key]
        for resource in real_plan.resources
        for key in resource.options.secret_inputs
    ]
    assert len(secrets) > 10
    assert all(isinstance(value, Secret) for value in secrets)


def test_the_stack_outputs_are_those_of_the_plan(real_plan: Plan, recording: Recording) -> None:
    assert recording.outputs.keys() == real_plan.outputs.keys()
    plain: dict[str, Value] = {key: value for key, value in real_plan.outputs.items() if isinstance(value, str)}
    assert plain.items() <= recording.outputs.items()


def test_a_look_up_is_asked_once(real_plan: Plan, recording: Recording) -> None:
    asked = {(leaf.function, leaf.arguments) for leaf in leaves(real_plan) if isinstance(leaf, Lookup)}
    assert {(function, tuple(arguments.items())) for function, arguments, _ in recording.look_ups} == asked
    assert len(recording.look_ups) == len(asked)
