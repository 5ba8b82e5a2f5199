"""A plan as text that reviews well: one line per resource, what it says below, policies in words.

Left out, because a reader of the text cannot judge them: what a resource waits for, the keys that tie resources to
the access model, and the origins of intents. Everything else is there, and nothing is shortened: an input is either
printed or is what the tables at the top say.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from cpg_infra.plan import Archive, Computed, Lookup, Options, Owner, Plan, Ref, Resource, Value
from cpg_infra.plan.computations import member_lines
from cpg_infra.plan.roles import IN_WORDS
from tests.examples.policies import catalogue, sentence
from tests.examples.usual import USUAL, fill, stand_ins

WIDTH = 120

PREFACE = """\
A resource: owner (dataset/cloud/component), type, logical name → physical name [options]; below it its inputs.
A policy: who may do what on which thing; the cloud's own name of each role is in the table.
«…» is known only when it is deployed. <…> stands for something of the resource itself.
Left out: what a resource waits for, and where in the configuration an intent comes from.
"""


def render(plan: Plan, title: str) -> str:
    """The whole text, with a final newline."""
    return '\n'.join([title, '', PREFACE, *_sections(plan)]) + '\n'


def _sections(plan: Plan) -> Iterator[str]:
    yield from _section('unless a resource says otherwise', _usual())
    yield from _section('what a role is called', catalogue())
    yield from _section('how many', _counts(plan))
    yield from _section('remarks', map(str, plan.diagnostics))
    yield from _section('stack outputs', (f'{name}: {flow(value)}' for name, value in sorted(plan.outputs.items())))
    for dataset in sorted({resource.owner.dataset for resource in plan.resources}):
        yield from _section(dataset or 'the organisation', _dataset(plan, dataset))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f'==== {title} '.ljust(WIDTH, '=')
    yield from lines
    yield ''


def _usual() -> Iterator[str]:
    for type_, inputs in USUAL.items():
        yield type_
        yield from (f'    {key}: {flow(value)}' for key, value in inputs.items())


def _counts(plan: Plan) -> Iterator[str]:
    for type_, number in sorted(plan.count_by_type().items()):
        yield f'{number:>6,}  {type_}'
    for what in ('resources', 'groups', 'memberships', 'grants', 'entitlements'):
        yield f'{len(getattr(plan, what)):>6,}  {what}'


def _dataset(plan: Plan, dataset: str) -> Iterator[str]:
    yield from _what_ends(plan, dataset)
    words = stand_ins(plan)
    for resource in plan.resources:
        if resource.owner.dataset != dataset:
            continue
        policy = sentence(plan, resource)
        physical = '' if policy else f' → {steady(resource.physical)}'
        yield f'{_owner(resource.owner)}  {resource.type}  {resource.name}{physical}{_options(resource.options)}'
        if policy:
            yield from listed(f'    {policy.words}', policy.members)
        said = policy.said if policy else frozenset()
        if role := _role_that_a_cache_repeats(plan, resource):
            yield f'    content: every {role}, one per line'
            said = frozenset({'content'})
        shown = {key: value for key, value in resource.inputs.items() if key not in said}
        yield from _inputs(resource, shown, words(resource))


def _what_ends(plan: Plan, dataset: str) -> Iterator[str]:
    """Access that somebody may ask for, and memberships with an end."""
    addresses = {principal.key: principal.label for principal in plan.principals}
    for entitlement in plan.entitlements:
        if entitlement.owner.dataset == dataset:
            yield (
                f'for {entitlement.max_duration.days} days at a time, {addresses[entitlement.principal]} may ask to'
                f' {IN_WORDS[entitlement.role]} {entitlement.asset.rpartition(":")[2]};'
                f' {" and ".join(entitlement.approvers) or "nobody"} approves'
            )
    for membership in plan.memberships:
        if membership.owner.dataset == dataset and membership.expires is not None:
            yield (
                f'until {membership.expires}: {addresses[membership.member]} in {addresses[membership.group]}'
                f' ({membership.reason})'
            )


# One resource ---------------------------------------------------------------------------------------------


def _owner(owner: Owner) -> str:
    return '/'.join((owner.dataset or '-', owner.cloud or '-', owner.component))


def _options(options: Options) -> str:
    """The options that differ from the default, in brackets."""
    words = []
    for option in dataclasses.fields(options):
        value = getattr(options, option.name)
        if value != option.default:
            words.append(' '.join((option.name.replace('_', ' '), *(() if value is True else value))))
    return f' [{", ".join(words)}]' if words else ''


def _inputs(resource: Resource, inputs: Mapping[str, Value], words: Mapping[str, str]) -> Iterator[str]:
    usual = USUAL.get(resource.type, {})
    shown = {
        key: value for key, value in sorted(inputs.items()) if key not in usual or fill(usual[key], words) != value
    }
    if resource.type in {'cpg:metamist:Project', 'dry-run:metamist-project'} and 'members' in shown:
        yield from _roles_by_member(shown.pop('members'))
    one_line = ' · '.join(f'{key}: {flow(value)}' for key, value in shown.items())
    if len(one_line) <= WIDTH - 4:
        yield from ([f'    {one_line}'] if shown else [])
    else:
        for key, value in shown.items():
            yield from (f'    {line}' for line in _input(key, value))
    yield from (f'    without {key}' for key in usual if key not in resource.inputs)


def _role_that_a_cache_repeats(plan: Plan, resource: Resource) -> str | None:
    """`reader of metamist project alpha`, when a members cache holds just those: they are printed with the project."""
    if not resource.name.endswith('-group-cache-members'):
        return None
    dataset, _, rest = resource.name.partition('-sample-metadata-')
    namespace, _, role = rest.removesuffix('-group-cache-members').partition('-')
    project = dataset if namespace == 'main' else f'{dataset}-test'
    found = plan.resource_by_name.get(f'metamist-project-{project}')
    name = {'read': 'reader', 'write': 'writer', 'contribute': 'contributor'}.get(role)
    if found is None or name is None:
        return None
    members = found.inputs['members']
    assert isinstance(members, Mapping)
    same = member_lines(members[name]) == resource.inputs['content']  # type: ignore[arg-type]  # a list of addresses
    return f'{name} of metamist project {project}' if same else None


def _roles_by_member(members: Value) -> Iterator[str]:
    """The members of a metamist project turned round: each with all the roles that it has."""
    assert isinstance(members, Mapping)
    roles: defaultdict[str, list[str]] = defaultdict(list)
    for role, holders in members.items():
        assert isinstance(holders, list)
        for holder in holders:
            roles[flow(holder)].append(role)
    yield from (f'    {holder}: {", ".join(named)}' for holder, named in sorted(roles.items()))
    yield from (f'    no {role}' for role, holders in members.items() if not holders)


def _input(key: str, value: Value) -> Iterator[str]:
    if isinstance(value, str) and '\n\n' in value:
        # A table per line: the text of a storage TOML.
        yield f'{key}, each paragraph on one line:'
        yield from (f'    {" ⏎ ".join(paragraph.splitlines())}' for paragraph in value.split('\n\n'))
    elif isinstance(value, str) and '\n' in value:
        yield f'{key}{", with a final newline" if value.endswith(chr(10)) else ""}:'
        yield from (f'    {line}' for line in value.splitlines())
    elif isinstance(value, Computed) and len(flow(value)) > WIDTH:
        yield f'{key}: {value.function} of'
        yield from (f'    {flow(argument)}' for argument in value.arguments)
    elif isinstance(value, Mapping):
        if len(flow(value)) <= WIDTH:
            yield f'{key}: {flow(value)}'
        else:
            yield f'{key}:'
            for inner, item in value.items():
                yield from (f'    {line}' for line in _input(inner, item))
    elif isinstance(value, list | tuple):
        yield from listed(f'{key}:', [flow(item) for item in value])
    else:
        yield f'{key}: {flow(value)}'


def listed(begin: str, items: Iterable[str]) -> Iterator[str]:
    """Items on one line when they fit, else one per line."""
    items = list(items)
    line = f'{begin} {", ".join(items) or "nobody"}'
    if len(line) <= WIDTH or len(items) == 1:
        yield line
    else:
        yield begin
        indent = ' ' * (len(begin) - len(begin.lstrip()) + 4)
        yield from (f'{indent}{item}' for item in items)


def steady(text: str) -> str:
    """A text without the hash of code in it, which changes for other reasons."""
    return re.sub(r'/[0-9a-f]{64}\.zip$', '/….zip', text)


def flow(value: Value) -> str:
    """A value on one line; texts without quotes where that is clear."""
    if isinstance(value, Archive):
        return f'«{value.name}.zip»'
    if isinstance(value, Ref | Lookup | Computed):
        return str(value)
    if isinstance(value, str):
        return steady(value) if value and value == value.strip() and '\n' not in value else json.dumps(value)
    if isinstance(value, Mapping):
        return f'{{{", ".join(f"{key}: {flow(item)}" for key, item in value.items())}}}'
    if isinstance(value, list | tuple):
        return f'[{", ".join(map(flow, value))}]'
    return json.dumps(value)
