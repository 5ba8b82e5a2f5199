"""From plain data to a model, with every fault in plain words, located, and as much saved as can be.

pydantic finds the faults of shape. A value with a fault is then left out and the rest validated again, so
that the checks of the whole still see everything that is sound; what was left out is reported as broken, and
nothing may be concluded from its absence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cpg_infra.config.base import Model
from cpg_infra.config.diagnostics import Diagnostic, Path, Sources
from cpg_infra.config.document import Plain
from cpg_infra.config.shape import model_at
from cpg_infra.config.suggest import did_you_mean

Checked = TypeVar('Checked', bound=Model)

_ROUNDS = 12
"""How often what is broken is cut out; each round can only move up one level."""

_QUOTED = re.compile(r"'([^']*)'")
_LONGEST_SHOWN = 40

_WORDS = {
    'string_type': 'must be text',
    'int_type': 'must be a whole number',
    'int_parsing': 'must be a whole number',
    'int_parsing_size': 'must be a whole number of a reasonable size',
    'int_from_float': 'must be a whole number',
    'float_type': 'must be a number',
    'float_parsing': 'must be a number',
    'finite_number': 'must be a finite number',
    'bool_type': 'must be true or false',
    'bool_parsing': 'must be true or false',
    'dict_type': 'must be a mapping',
    'model_type': 'must be a mapping',
    'model_attributes_type': 'must be a mapping',
    'mapping_type': 'must be a mapping',
    'tuple_type': 'must be a list',
    'list_type': 'must be a list',
    'date_type': 'must be a date like 2027-01-31',
    'date_parsing': 'must be a date like 2027-01-31',
    'date_from_datetime_parsing': 'must be a date like 2027-01-31',
    'date_from_datetime_inexact': 'must be a date without a time',
}


@dataclass(frozen=True, slots=True)
class Validated(Generic[Checked]):
    """The outcome: the model (None when nothing could be saved), its faults, and what was left out."""

    model: Checked | None
    faults: tuple[Diagnostic, ...] = ()
    broken: frozenset[Path] = frozenset()


def validate(
    model: type[Checked],
    value: Mapping[str, Plain],
    root: Path,
    sources: Sources,
    stand_ins: Mapping[str, Plain],
) -> Validated[Checked]:
    """Validate `value`, which stands at `root` of the configuration.

    `stand_ins` are values for required keys, used only to validate the rest when such a key is broken.
    """
    try:
        return Validated(model.model_validate(value))
    except ValidationError as error:
        faults = error.errors(include_url=False)
    diagnostics = tuple(_diagnostic(fault, model, root, sources) for fault in faults)
    saved, broken = _save(model, value, faults, stand_ins)
    return Validated(saved, diagnostics, frozenset((*root, *steps) for steps in broken))


def _save(
    model: type[Checked],
    value: Mapping[str, Plain],
    faults: list[ErrorDetails],
    stand_ins: Mapping[str, Plain],
) -> tuple[Checked | None, set[Path]]:
    rest: Plain = value
    broken: set[Path] = set()
    for _ in range(_ROUNDS):
        doomed = sorted({_steps_to_cut(fault) for fault in faults}, key=_last_first)
        for steps in doomed:
            if len(steps) == 1 and steps[0] in stand_ins:
                rest = {**_mapping(rest), str(steps[0]): stand_ins[str(steps[0])]}
            else:
                rest = _cut(rest, steps)
            broken.add(steps)
        try:
            return model.model_validate(rest), broken
        except ValidationError as error:
            faults = error.errors(include_url=False)
    return None, broken


def _mapping(value: Plain) -> dict[str, Plain]:
    return dict(value) if isinstance(value, Mapping) else {}


def _steps_to_cut(fault: ErrorDetails) -> Path:
    steps = _steps(fault)
    # A missing key cannot be cut out; the mapping that lacks it can.
    return steps[:-1] if fault['type'] == 'missing' and len(steps) > 1 else steps


def _last_first(steps: Path) -> tuple[tuple[int, str], ...]:
    # Later items of a list go first, so that the positions of earlier ones stay true.
    return tuple((-step, '') if isinstance(step, int) else (0, step) for step in steps)


def _cut(value: Plain, steps: Path) -> Plain:
    """The value without what `steps` lead to, or without the deepest part of it that exists."""
    head, rest = steps[0], steps[1:]
    if isinstance(value, Mapping) and head in value:
        inner = _cut(value[head], rest) if rest and isinstance(value[head], (Mapping, list)) else None
        kept = {key: item for key, item in value.items() if key != head}
        return kept if inner is None else {**value, head: inner}
    if isinstance(value, list) and isinstance(head, int) and head < len(value):
        inner = _cut(value[head], rest) if rest and isinstance(value[head], (Mapping, list)) else None
        return [*value[:head], *([] if inner is None else [inner]), *value[head + 1 :]]
    return value


def _steps(fault: ErrorDetails) -> Path:
    return tuple(step for step in fault['loc'] if step != '[key]')


def _diagnostic(fault: ErrorDetails, model: type[Model], root: Path, sources: Sources) -> Diagnostic:
    steps = _steps(fault)
    path, kind = (*root, *steps), fault['type']
    if kind == 'extra_forbidden':
        parent = model_at(model, steps[:-1])
        suggestion = did_you_mean(str(steps[-1]), parent.model_fields) if parent else None
        return Diagnostic(
            'unknown-key', 'unknown key', path, suggestion=suggestion, location=sources.locate(path, key=True)
        )
    if kind == 'missing':
        path, key = path[:-1], steps[-1]
        return Diagnostic('missing-key', f"the key '{key}' is missing", path, location=sources.locate(path, key=True))
    is_key = '[key]' in fault['loc']
    location = sources.locate(path, key=is_key)
    if kind in {'literal_error', 'enum'}:
        allowed = _QUOTED.findall(str(fault.get('ctx', {}).get('expected', '')))
        shown = _shown(fault['input'])
        near = did_you_mean(fault['input'], allowed) if isinstance(fault['input'], str) else None
        return Diagnostic(
            'unknown-value',
            f'must be one of {", ".join(allowed)}, not {shown}',
            path[:-1] if is_key else path,
            suggestion=near,
            location=location,
        )
    return Diagnostic('type', _in_words(fault), path, location=location)


def _in_words(fault: ErrorDetails) -> str:
    kind, context = fault['type'], fault.get('ctx', {})
    if kind in _WORDS:
        hint = ' (put it in quotes)' if kind == 'string_type' and isinstance(fault['input'], (int, float)) else ''
        return f'{_WORDS[kind]}, not {_shown(fault["input"])}{hint}'
    if kind == 'string_too_short':
        return 'must not be empty'
    if kind == 'greater_than_equal':
        return f'must be at least {context.get("ge")}, not {_shown(fault["input"])}'
    if kind == 'less_than_equal':
        return f'must be at most {context.get("le")}, not {_shown(fault["input"])}'
    if kind == 'string_pattern_mismatch':
        return f'must match {context.get("pattern")}, not {_shown(fault["input"])}'
    message = fault['msg']
    return f'{message[:1].lower()}{message[1:]}'


def _shown(value: object) -> str:
    """A value in a message: short, and in the words of the file rather than of Python."""
    if value is None:
        return 'nothing'
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, (Mapping, list, tuple)):
        return 'a mapping' if isinstance(value, Mapping) else 'a list'
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f'{text[: _LONGEST_SHOWN - 1]}…'
