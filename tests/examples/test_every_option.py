"""The example uses every option there is: a reader finds each one in its place, with a reason beside it."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from typing import Annotated, Final, ForwardRef, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cpg_infra.config import (
    Cloud,
    CPGDatasetComponents,
    CPGDatasetConfig,
    CPGInfrastructureConfig,
    PeopleGroup,
    dataset,
    organisation,
)
from cpg_infra.config.files import Folder
from cpg_infra.config.layout import Written, gather
from cpg_infra.plugin import GROUP
from tests.examples import lantern

ON_AZURE: Final = 'github_wif.azure.repositories[]'
ON_GOOGLE: Final = 'github_wif.projects.<name>.repositories[]'
"""Repositories have one form on both clouds: an option of either is used by the other."""

LEFT_AT_DEFAULT: Final = frozenset(
    {
        'azure.strict_append',
        'common_dataset_access',  # `readonly` would hide what most organisations have
        'disable_group_memberships',  # for hours of a migration; the plan would hold no members at all
        'gcp.allow_external_group_members',
        'gcp.create_empty_groups',
        'github_wif.pool.manage',
        'groups_authoritative',
        'metamist.etl.environment',
        'stacks',
        'temporary_access.steps',
    },
)
"""Options that are written down, for their comment, with the value that they would have anyway."""


def written() -> Written:
    return gather(Folder(lantern.LANTERN))


def annotation_of(field: FieldInfo) -> object:
    """The type of a field. One that names a model that is defined further down may still be a text."""
    annotation: object = field.annotation
    if isinstance(annotation, ForwardRef):
        return eval(annotation.__forward_arg__, {**vars(dataset), **vars(organisation)})
    return annotation


def inner(annotation: object) -> Iterator[tuple[str, type[BaseModel]]]:
    """The models inside a field's type, each with what stands between them in a path: `.`, `[]` or `.<name>`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield '', annotation
        return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from inner(arguments[0])
    elif origin in {Union, types.UnionType}:
        for argument in arguments:
            yield from inner(argument)
    elif origin is tuple:
        yield from ((f'[]{step}', model) for step, model in inner(arguments[0]))
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from ((f'.<name>{step}', model) for step, model in inner(arguments[1]))


def options(model: type[BaseModel], path: str = '') -> Iterator[str]:
    """The path of every field of a model, and of the models inside it. Those that are on both clouds are on one here."""
    for name, field in model.model_fields.items():
        here = f'{path}.{field.alias or name}'.removeprefix('.').replace(ON_AZURE, ON_GOOGLE)
        yield here
        for step, part in inner(annotation_of(field)):
            yield from options(part, f'{here}{step}')


def values(value: object, model: type[BaseModel], path: str = '') -> Iterator[tuple[str, object]]:
    """Path and value of every option that raw data gives."""
    if not isinstance(value, Mapping):
        return  # the short form of a member
    for name, item in value.items():
        here = f'{path}.{name}'.removeprefix('.').replace(ON_AZURE, ON_GOOGLE)
        yield here, item
        for step, part in inner(annotation_of(field_of(model, name))):
            for single in at(item, step):
                yield from values(single, part, f'{here}{step}')


def field_of(model: type[BaseModel], key: str) -> FieldInfo:
    """The field that is written as `key`."""
    return next(field for name, field in model.model_fields.items() if (field.alias or name) == key)


def at(value: object, step: str) -> list[object]:
    """What is inside a value after mappings and lists have been entered."""
    if step.startswith('.<name>'):
        assert isinstance(value, Mapping)
        return [single for item in value.values() for single in at(item, step.removeprefix('.<name>'))]
    if step.startswith('[]'):
        assert isinstance(value, list)
        return [single for item in value for single in at(item, step.removeprefix('[]'))]
    return [value]


def used() -> list[tuple[str, object]]:
    found = written()
    pairs = list(values(found.organisation, CPGInfrastructureConfig))
    for raw in found.datasets.values():
        pairs += values(raw, CPGDatasetConfig, '<dataset>')
    return pairs


def all_options() -> set[str]:
    return {*options(CPGInfrastructureConfig), *options(CPGDatasetConfig, '<dataset>')}


def default(path: str) -> object:
    """The default of an option; `...` stands for none."""
    model: type[BaseModel] = CPGDatasetConfig if path.startswith('<dataset>.') else CPGInfrastructureConfig
    steps = path.removeprefix('<dataset>.').replace('[]', '').replace('.<name>', '').split('.')
    for step in steps[:-1]:
        model = next(part for _, part in inner(annotation_of(field_of(model, step))))
    field = field_of(model, steps[-1])
    return ... if field.is_required() else field.default


def test_every_option_is_used() -> None:
    assert all_options() - {path for path, _ in used()} == set()


def test_every_plugin_that_comes_along_is_enabled() -> None:
    ours = {entry.name for entry in entry_points(group=GROUP) if entry.value.startswith('cpg_infra.')}
    assert set(lantern.configuration().organisation.plugins_enabled) == ours
    assert ours


def test_an_option_that_is_written_has_another_value_than_its_default_somewhere() -> None:
    other = {path for path, value in used() if default(path) is ... or value != plain(default(path))}
    assert {path for path, _ in used()} - other == LEFT_AT_DEFAULT


def plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def test_every_component_is_named_and_every_group_has_people() -> None:
    datasets = written().datasets.values()
    components = {name for options in datasets for name in at(options.get('components', {}), '.<name>[]')}
    groups = {group for options in datasets for group in keys(options.get('members', {}))}
    assert components == {component.value for component in CPGDatasetComponents}
    assert groups == {group.value for group in PeopleGroup}


def keys(value: object) -> list[str]:
    assert isinstance(value, Mapping)
    return list(value)


def test_datasets_are_on_every_cloud_that_can_be_planned() -> None:
    clouds = {cloud for one in lantern.configuration().datasets.values() for cloud in one.clouds}
    assert clouds == set(Cloud)


def test_there_are_at_least_ten_datasets() -> None:
    assert len(lantern.configuration().datasets) >= 10


def test_it_gives_no_cause_for_a_warning_but_that_azure_is_another_cloud() -> None:
    assert lantern.configuration().diagnostics == ()
    warnings = [remark for remark in lantern.plan().diagnostics if remark.severity != 'info']
    assert {remark.code for remark in warnings} == {'not-expressible'}
    assert [str(remark) for remark in warnings if ' on azure: ' not in remark.message] == []
