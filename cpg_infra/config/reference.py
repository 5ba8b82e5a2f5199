"""Renders `docs/configuration.md`: the reference of all keys, from the models.

Run `python -m cpg_infra.config.reference > docs/configuration.md` after a change of the models; a test
compares.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from enum import Enum
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.shape import item_of, model_of, without_none

_WORDS: dict[object, str] = {
    str: 'text',
    int: 'whole number',
    float: 'number',
    bool: 'true or false',
    dt.date: 'date',
    Any: 'anything',
}


def render() -> str:
    """The whole page, in Markdown."""
    preface = files('cpg_infra.config').joinpath('reference_preface.md').read_text(encoding='utf-8')
    parts = [
        preface.rstrip(),
        *_sections('The organisation', '', CPGInfrastructureConfig),
        *_sections('A dataset', '<dataset>', CPGDatasetConfig),
    ]
    return '\n\n'.join(parts) + '\n'


def _sections(title: str, path: str, model: type[BaseModel]) -> Iterator[str]:
    yield f'## {title}: `{model.__name__}`\n\n{_words_of(model)}'
    waiting = [(path, model)]
    while waiting:
        path, model = waiting.pop(0)
        if path and path != '<dataset>':
            yield f'### `{path}`\n\n{_words_of(model)}'
        yield _table(path, model)
        inner = [
            (_below(path, name, field.annotation), nested)
            for name, field in model.model_fields.items()
            if (nested := _nested(field.annotation)) is not None
        ]
        waiting = [*inner, *waiting]


def _words_of(model: type[BaseModel]) -> str:
    return ' '.join((model.__doc__ or '').split())


def _below(path: str, name: str, annotation: object) -> str:
    mark = ''
    if model_of(annotation) is None:
        item = item_of(annotation)
        mark = '.<name>' if get_origin(without_none(annotation)) is dict else '[]'
        mark += '[]' if item_of(item) is not None else ''
    return f'{path}.{name}{mark}' if path else f'{name}{mark}'


def _nested(annotation: object) -> type[BaseModel] | None:
    inner = annotation
    while inner is not None and model_of(inner) is None:
        inner = item_of(inner)
    return model_of(inner)


def _table(path: str, model: type[BaseModel]) -> str:
    lines = ['| key | type | default | description |', '| --- | --- | --- | --- |']
    for name, field in model.model_fields.items():
        nested = _nested(field.annotation)
        kind = _kind(field.annotation)
        if nested is not None:
            kind = f'[{kind}](#{_anchor(_below(path, name, field.annotation))})'
        lines.append(
            f'| `{field.alias or name}` | {kind}{_bounds(field)} | {_default(field)} | {_cell(field.description)} |'
        )
    return '\n'.join(lines)


def _cell(text: str | None) -> str:
    return ' '.join((text or '').split()).replace('|', '\\|')


def _anchor(heading: str) -> str:
    return ''.join(character for character in heading.lower() if character.isalnum() or character in '_-')


def _kind(annotation: object) -> str:
    inner = without_none(annotation)
    if model_of(inner) is not None:
        return 'section'
    origin = get_origin(inner)
    if origin is dict:
        key, value = get_args(inner)
        return f'mapping: {_kind(key)} → {_kind(value)}'
    if origin in {tuple, list}:
        return f'list of {_plural(_kind(get_args(inner)[0]))}'
    if origin is Literal:
        return _one_of(get_args(inner))
    if isinstance(inner, type) and issubclass(inner, Enum):
        return _one_of(tuple(member.value for member in inner))
    return _WORDS.get(inner, str(inner))


def _plural(kind: str) -> str:
    return kind + 's' if kind in {'section', 'number', 'whole number', 'date'} else kind


def _one_of(values: tuple[object, ...]) -> str:
    return ' or '.join(f'`{value}`' for value in values)


def _bounds(field: FieldInfo) -> str:
    bounds = ''
    for metadata in field.metadata:
        least, most = getattr(metadata, 'ge', None), getattr(metadata, 'le', None)
        bounds += f', at least {least}' if least is not None else ''
        bounds += f', at most {most}' if most is not None else ''
    return bounds


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return '**required**'
    value = field.default
    if value is None:
        return ''
    if isinstance(value, bool):
        return '`true`' if value else '`false`'
    if isinstance(value, tuple):
        return f'`[{", ".join(str(item) for item in value)}]`'
    return f'`{value}`' if value != {} else '`{}`'


if __name__ == '__main__':
    sys.stdout.write(render())
