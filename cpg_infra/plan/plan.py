"""The plan: everything that should exist, as plain frozen data.

A plan is the one thing that every later layer reads. It has a canonical order (organisation first, then datasets,
clouds, components and names in code-point order), a JSON form and a hash; the same configuration and date give
the same bytes, whatever the order of the files' keys.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Final

import orjson

from cpg_infra.config.diagnostics import Diagnostic, Severity
from cpg_infra.plan.access import Asset, Entitlement, Grant, Group, Membership, Principal
from cpg_infra.plan.archive import Archive
from cpg_infra.plan.owner import Owner
from cpg_infra.plan.provider import Provider, Setting
from cpg_infra.plan.resource import Resource
from cpg_infra.plan.values import Computed, Json, Lookup, Ref, Value, as_plain, unknowns_of

FORMAT: Final = 1
"""Version of the JSON form; raised when its meaning changes."""

Intent = Asset | Group | Membership | Grant | Entitlement
"""What somebody asked for, in neutral words; every resource says which intents it stands for."""


@dataclass(frozen=True)
class Plan:
    """Everything that should exist, in canonical order.

    `outputs` are the stack's outputs; `diagnostics` what the configuration's reader should know, without
    places in files (`Diagnostic.located` fills them in, so that they do not enter the bytes).

    `providers` are those that resources name, by name. `settings` are what the default providers must have been told;
    they follow from the same values as the resources do, and are not in the canonical form.
    """

    resources: tuple[Resource, ...]
    assets: tuple[Asset, ...]
    principals: tuple[Principal, ...]
    groups: tuple[Group, ...]
    memberships: tuple[Membership, ...]
    grants: tuple[Grant, ...]
    entitlements: tuple[Entitlement, ...]
    outputs: Mapping[str, Value] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    providers: Mapping[str, Provider] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()

    @cached_property
    def resource_by_name(self) -> Mapping[str, Resource]:
        """Resources by logical name."""
        return {resource.name: resource for resource in self.resources}

    @cached_property
    def resources_by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        """Resources by type token; a type that is not in the plan has no entry."""
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return {token: tuple(resources) for token, resources in found.items()}

    @cached_property
    def principal_by_key(self) -> Mapping[str, Principal]:
        """Principals by key."""
        return {principal.key: principal for principal in self.principals}

    @cached_property
    def intent_by_key(self) -> Mapping[str, Intent]:
        """Assets, groups, memberships, grants and entitlements by key."""
        intents: dict[str, Intent] = {}
        for family in (self.assets, self.groups, self.memberships, self.grants, self.entitlements):
            intents.update({intent.key: intent for intent in family})
        return intents

    @cached_property
    def unknowns_by_resource(self) -> Mapping[str, list[Ref | Lookup]]:
        """What only a deployment will tell, by the logical name of the resource whose inputs need it."""
        found = ((resource.name, unknowns_of(resource.inputs)) for resource in self.resources)
        return {name: unknowns for name, unknowns in found if unknowns}

    def with_diagnostics(self, diagnostics: tuple[Diagnostic, ...]) -> Plan:
        """The same plan with other diagnostics. What was worked out of the resources is kept."""
        plan = dataclasses.replace(self, diagnostics=diagnostics)
        worked_out = (
            'resource_by_name',
            'resources_by_type',
            'principal_by_key',
            'intent_by_key',
            'unknowns_by_resource',
        )
        for name in worked_out:
            if name in self.__dict__:
                plan.__dict__[name] = self.__dict__[name]
        return plan

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that forbid deploying this plan."""
        return tuple(remark for remark in self.diagnostics if remark.severity is Severity.ERROR)

    def count_by_type(self) -> Counter[str]:
        """How many resources there are of each type."""
        return Counter({token: len(resources) for token, resources in self.resources_by_type.items()})

    def to_json(self) -> dict[str, Json]:
        """The canonical form as plain data."""
        plain: dict[str, Json] = orjson.loads(self.canonical_bytes())
        return plain

    def canonical_bytes(self) -> bytes:
        """The canonical form: JSON in UTF-8 with sorted keys and no spaces."""
        whole: dict[str, object] = {
            'format': FORMAT,
            'resources': self.resources,
            'access': {
                'assets': self.assets,
                'principals': self.principals,
                'groups': self.groups,
                'memberships': self.memberships,
                'grants': self.grants,
                'entitlements': self.entitlements,
            },
            'outputs': self.outputs,
            'diagnostics': self.diagnostics,
        }
        if self.providers:
            whole['providers'] = self.providers
        return orjson.dumps(whole, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical_bytes()).hexdigest()


def _record(kind: type) -> Callable[[object], object]:
    names = tuple(item.name for item in dataclasses.fields(kind))
    fields = attrgetter(*names)

    def fields_that_are_set(record: object) -> object:
        return {name: item for name, item in zip(names, fields(record), strict=True) if item is not None and item != ()}

    return fields_that_are_set


def _diagnostic(remark: Diagnostic) -> object:
    shown: dict[str, object] = {
        'code': remark.code,
        'severity': remark.severity,
        'path': remark.path,
        'message': remark.message,
    }
    if remark.suggestion:
        shown['suggestion'] = remark.suggestion
    return shown


_PLAIN: dict[type, Callable[..., object]] = {
    **{kind: _record(kind) for kind in (Asset, Principal, Group, Membership, Grant, Entitlement)},
    Resource: Resource.as_plain,
    Provider: Provider.as_plain,
    Owner: lambda owner: (owner.dataset, owner.cloud, owner.component),
    Ref: as_plain,
    Lookup: as_plain,
    Computed: as_plain,
    Archive: Archive.as_plain,
    Diagnostic: _diagnostic,
    dt.date: dt.date.isoformat,
    dt.timedelta: lambda duration: int(duration.total_seconds()),
}


def _plain(value: object) -> object:
    """What the encoder does not know: one level of plain data, which it then walks itself."""
    return _PLAIN[type(value)](value)
