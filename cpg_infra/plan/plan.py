"""The plan: everything that should exist, as plain frozen data.

A plan is the one thing that every later layer reads. It has a canonical order (organisation first, then datasets,
clouds, components and names in code-point order), a JSON form and a hash; the same configuration and date give
the same bytes, whatever the order of the files' keys.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Final

from cpg_infra.config.diagnostics import Diagnostic, Severity
from cpg_infra.plan.access import Asset, Entitlement, Grant, Group, Membership, Principal
from cpg_infra.plan.owner import Owner
from cpg_infra.plan.resource import Resource
from cpg_infra.plan.values import Json, Value, to_json

FORMAT: Final = 1
"""Version of the JSON form; raised when its meaning changes."""

Intent = Asset | Group | Membership | Grant | Entitlement
"""What somebody asked for, in neutral words; every resource says which intents it stands for."""


@dataclass(frozen=True)
class Plan:
    """Everything that should exist, in canonical order.

    `outputs` are the stack's outputs; `diagnostics` what the configuration's reader should know, without
    places in files (`Diagnostic.located` fills them in, so that they do not enter the bytes).
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

    @cached_property
    def resource_by_name(self) -> Mapping[str, Resource]:
        """Resources by logical name."""
        return {resource.name: resource for resource in self.resources}

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

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that forbid deploying this plan."""
        return tuple(remark for remark in self.diagnostics if remark.severity is Severity.ERROR)

    def count_by_type(self) -> Counter[str]:
        """How many resources there are of each type."""
        return Counter(resource.type for resource in self.resources)

    def to_json(self) -> dict[str, Json]:
        """The canonical JSON form."""
        return {
            'format': FORMAT,
            'resources': [resource.to_json() for resource in self.resources],
            'access': {
                'assets': [_record(asset) for asset in self.assets],
                'principals': [_record(principal) for principal in self.principals],
                'groups': [_record(group) for group in self.groups],
                'memberships': [_record(membership) for membership in self.memberships],
                'grants': [_record(grant) for grant in self.grants],
                'entitlements': [_record(entitlement) for entitlement in self.entitlements],
            },
            'outputs': {name: to_json(value) for name, value in self.outputs.items()},
            'diagnostics': [_diagnostic(remark) for remark in self.diagnostics],
        }

    def canonical_bytes(self) -> bytes:
        """The JSON form as UTF-8 with sorted keys and no spaces."""
        return json.dumps(self.to_json(), sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical_bytes()).hexdigest()


_FIELD_NAMES: dict[type, tuple[str, ...]] = {}


def _record(intent: Intent | Principal) -> dict[str, Json]:
    """The fields of an access record that are set."""
    names = _FIELD_NAMES.get(type(intent))
    if names is None:
        names = _FIELD_NAMES[type(intent)] = tuple(item.name for item in dataclasses.fields(intent))
    shown: dict[str, Json] = {}
    for name in names:
        value = getattr(intent, name)
        if value is not None and value != ():
            shown[name] = _plain(value)
    return shown


def _plain(value: object) -> Json:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str | bool):
        return value
    if isinstance(value, Owner):
        return [value.dataset, value.cloud, value.component]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return int(value.total_seconds())
    return to_json(value)  # type: ignore[arg-type]  # what is left are values


def _diagnostic(remark: Diagnostic) -> dict[str, Json]:
    shown: dict[str, Json] = {
        'code': remark.code,
        'severity': remark.severity.value,
        'path': list(remark.path),
        'message': remark.message,
    }
    if remark.suggestion:
        shown['suggestion'] = remark.suggestion
    return shown
