"""Golden inventories: what a plugin makes, one line a resource, so that a change of any of it is seen in a review."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from cpg_infra.plan import Plan, Resource
from cpg_infra.plan.archive import Archive
from cpg_infra.plan.values import Computed, Lookup, Ref

HERE = Path(__file__).resolve().parent


def render(plan: Plan, components: Collection[str]) -> str:
    """The resources of some components: type, logical name, inputs, and what is special about them."""
    chosen = [resource for resource in plan.resources if resource.owner.component in components]
    return ''.join(_lines(resource) for resource in chosen)


def _lines(resource: Resource) -> str:
    lines = [f'{resource.type} {resource.name}']
    lines += [f'    {key} = {_text(value)}' for key, value in sorted(resource.inputs.items())]
    # APIs are many, and everything of a plugin comes after them.
    lines += [f'    after {name}' for name in resource.depends_on if not name.endswith('-service')]
    options = resource.options.as_plain()
    lines += [f'    options {json.dumps(options)}'] if options else []
    return '\n'.join(lines) + '\n'


def _text(value: object) -> str:
    if isinstance(value, Archive):
        # Its hash follows from the code, which changes for other reasons.
        return f'«{value.name}.zip»'
    if isinstance(value, Ref | Lookup | Computed):
        return str(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return re.sub(r'/[0-9a-f]{64}\.zip', '/….zip', text)


def committed(name: str) -> str:
    return (HERE / f'{name}.inventory.txt').read_text(encoding='utf-8')


def write(inventories: Mapping[str, str]) -> None:
    for name, text in inventories.items():
        (HERE / f'{name}.inventory.txt').write_text(text, encoding='utf-8')
