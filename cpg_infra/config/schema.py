"""JSON Schemas of the configuration files, for editors. Generated from the models, so they cannot drift.

They describe the *files*: what may stand in another file is optional here, and a name that the key of an
entry already gives need not be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias, TypeVar, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from cpg_infra.config.base import FrozenMap, Model
from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.github import GithubFederation
from cpg_infra.config.names import CloudName, PeopleGroup
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.people import CPGInfrastructureUser, DatasetMember

SchemaKind: TypeAlias = Literal[
    'organisation', 'dataset', 'datasets', 'members', 'budgets', 'upload', 'users', 'github_wif'
]
Value = TypeVar('Value')
Schema: TypeAlias = dict[str, object]

KINDS: Final[tuple[SchemaKind, ...]] = get_args(SchemaKind)
"""`dataset` is one entry of the datasets' file; every other kind is a file."""

_DIALECT = 'https://json-schema.org/draft/2020-12/schema'
_DEFINITIONS = '$defs'


def schema(kind: SchemaKind) -> Schema:
    """The JSON Schema (draft 2020-12) of a file of that kind.

    Raises `KeyError` for an unknown kind.
    """
    title, make = _MAKERS[kind]
    return {'$schema': _DIALECT, **_with_short_members(make()), 'title': title}


class _Generator(GenerateJsonSchema):
    def encode_default(self, dft: object) -> object:
        return dict(dft) if isinstance(dft, FrozenMap) else super().encode_default(dft)


def _of_model(model: type[Model]) -> Schema:
    return model.model_json_schema(schema_generator=_Generator)


def _of_map(adapter: TypeAdapter[Value]) -> Schema:
    return adapter.json_schema(schema_generator=_Generator)


def _organisation() -> Schema:
    made = _of_model(CPGInfrastructureConfig)
    _make_optional(made, 'users')
    user = _definition(made, CPGInfrastructureUser.__name__)
    _make_optional(user, 'id')
    datasets = _datasets()
    _definitions(made).update(_definitions(datasets))
    _properties(made)['datasets'] = {
        'description': 'The datasets, in a configuration of one file.',
        'type': 'object',
        'additionalProperties': datasets['additionalProperties'],
    }
    return made


def _dataset() -> Schema:
    made = _of_model(CPGDatasetConfig)
    # The name is the key of the entry, the budgets have a file of their own.
    _make_optional(made, 'dataset', 'budgets')
    return made


def _datasets() -> Schema:
    entry = _dataset()
    definitions = _definitions(entry)
    del entry[_DEFINITIONS]
    return {
        'type': 'object',
        'additionalProperties': {'$ref': f'#/{_DEFINITIONS}/Dataset'},
        _DEFINITIONS: {**definitions, 'Dataset': entry},
    }


def _users() -> Schema:
    made = _of_map(TypeAdapter(dict[str, CPGInfrastructureUser]))
    _make_optional(_definition(made, CPGInfrastructureUser.__name__), 'id')
    return made


_MAKERS: Final[Mapping[SchemaKind, tuple[str, Callable[[], Schema]]]] = {
    'organisation': ('The organisation', _organisation),
    'dataset': ('One dataset', _dataset),
    'datasets': ('The datasets', _datasets),
    'members': (
        'The people of a dataset',
        lambda: _of_map(TypeAdapter(dict[PeopleGroup, tuple[DatasetMember, ...]])),
    ),
    'budgets': ('The budgets of a dataset', lambda: _of_map(TypeAdapter(dict[CloudName, CPGDatasetConfig.Budget]))),
    'upload': ('How files come into a dataset', lambda: _of_model(CPGDatasetConfig.UploadConfig)),
    'users': ('The people of the organisation', _users),
    'github_wif': ('The GitHub workflows that act without a key', lambda: _of_model(GithubFederation)),
}


def _part(of: Schema, key: str) -> Schema:
    part = of.get(key)
    if not isinstance(part, dict):
        raise TypeError(f'the generated schema has no {key!r}')
    return part


def _definitions(of: Schema) -> Schema:
    return _part(of, _DEFINITIONS)


def _definition(of: Schema, name: str) -> Schema:
    return _part(_definitions(of), name)


def _properties(of: Schema) -> Schema:
    return _part(of, 'properties')


def _make_optional(of: Schema, *keys: str) -> None:
    required = of.get('required')
    if isinstance(required, list):
        of['required'] = [key for key in required if key not in keys]


def _with_short_members(made: Schema) -> Schema:
    """A member may be a bare user id, which the model turns into a member before it validates."""
    definitions = made.get(_DEFINITIONS)
    name = DatasetMember.__name__
    if isinstance(definitions, dict) and name in definitions:
        definitions[name] = {'anyOf': [{'type': 'string', 'minLength': 1}, definitions[name]]}
    return made
