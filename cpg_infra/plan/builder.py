"""Collects what drivers and plugins declare, and closes it into a `Plan`.

The builder refuses a second declaration under one key and names both declarers: a silent replacement once
took a machine account's access away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import attrgetter
from typing import Protocol, TypeVar

from cpg_infra.config.diagnostics import Diagnostic, Path, in_order
from cpg_infra.plan.access import Asset, Entitlement, Grant, Group, Membership, Principal
from cpg_infra.plan.owner import Owner
from cpg_infra.plan.plan import Plan
from cpg_infra.plan.provider import Provider, Setting
from cpg_infra.plan.resource import Resource
from cpg_infra.plan.values import Ref, Value, refs_of


class PlanError(Exception):
    """The program that made the plan is wrong: a defect of a driver or a plugin, not of the configuration."""


class DuplicateKeyError(PlanError):
    """One key was declared twice.

    `origin` is the configuration value that asked for the second one, where that is known: two names of the
    configuration can run into each other.
    """

    def __init__(self, what: str, key: str, first: object, second: object, origin: Path | None = None) -> None:
        super().__init__(f'{what} {key!r} is declared twice: by {first} and by {second}')
        self.origin = origin


class DanglingReferenceError(PlanError):
    """A resource refers to another that is not in the plan."""


class _Declared(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def owner(self) -> Owner: ...
    @property
    def origin(self) -> Path: ...


Intent = TypeVar('Intent', bound=_Declared)


def _say(owner: Owner) -> str:
    return '/'.join(part for part in (owner.dataset or 'organisation', owner.cloud, owner.component) if part)


class PlanBuilder:
    """What has been declared so far."""

    def __init__(self) -> None:
        self._resources: dict[str, Resource] = {}
        self._assets: dict[str, Asset] = {}
        self._principals: dict[str, Principal] = {}
        self._groups: dict[str, Group] = {}
        self._memberships: dict[str, Membership] = {}
        self._grants: dict[str, Grant] = {}
        self._entitlements: dict[str, Entitlement] = {}
        self._outputs: dict[str, Value] = {}
        self._providers: dict[str, Provider] = {}
        self._settings: dict[str, Setting] = {}
        self._diagnostics: list[Diagnostic] = []

    def resource(self, resource: Resource) -> Resource:
        """Declare a resource. Raises `DuplicateKeyError` when its logical name is taken."""
        first = self._resources.setdefault(resource.name, resource)
        if first is not resource:
            origin = next((origin for key in resource.intents if (origin := self._origin(key)) is not None), None)
            raise DuplicateKeyError('resource', resource.name, _say(first.owner), _say(resource.owner), origin)
        return resource

    def _origin(self, key: str) -> Path | None:
        intent = self._assets.get(key) or self._groups.get(key) or self._grants.get(key) or self._memberships.get(key)
        return intent.origin if intent is not None else None

    def has_resource(self, name: str) -> bool:
        """Whether a resource with this logical name has been declared."""
        return name in self._resources

    def asset(self, asset: Asset) -> Asset:
        """Declare an asset. Raises `DuplicateKeyError` when a managed one has the same key and is managed too.

        Things that exist without us may be named by several components; the first keeps the key, unless it
        turns out that the thing is managed after all.
        """
        first = self._assets.setdefault(asset.key, asset)
        if first is asset or not asset.managed:
            return first
        if first.managed:
            raise DuplicateKeyError('asset', asset.key, _say(first.owner), _say(asset.owner), asset.origin)
        self._assets[asset.key] = asset
        return asset

    def principal(self, principal: Principal) -> Principal:
        """Name a principal; naming it again is fine."""
        return self._principals.setdefault(principal.key, principal)

    def group(self, group: Group) -> Group:
        """Declare a group. Raises `DuplicateKeyError` when its key is taken."""
        return _declare('group', self._groups, group)

    def membership(self, membership: Membership) -> Membership:
        """Declare a membership. Raises `DuplicateKeyError` when its key is taken."""
        return _declare('membership', self._memberships, membership)

    def grant(self, grant: Grant) -> Grant:
        """Declare a grant. Raises `DuplicateKeyError` when its key is taken."""
        return _declare('grant', self._grants, grant)

    def entitlement(self, entitlement: Entitlement) -> Entitlement:
        """Declare an entitlement. Raises `DuplicateKeyError` when its key is taken."""
        return _declare('entitlement', self._entitlements, entitlement)

    def output(self, name: str, value: Value) -> None:
        """Declare a stack output. Raises `DuplicateKeyError` when its name is taken."""
        if name in self._outputs:
            raise DuplicateKeyError('stack output', name, 'one component', 'another')
        self._outputs[name] = value

    def provider(self, name: str, provider: Provider) -> str:
        """Name a provider that resources ask for; naming it again is fine. Raises `PlanError` when it is another."""
        if self._providers.setdefault(name, provider) != provider:
            raise PlanError(f'two providers are called {name}')
        return name

    def setting(self, setting: Setting) -> None:
        """Say what a default provider must have been told; saying it again is fine."""
        if self._settings.setdefault(setting.key, setting).value != setting.value:
            raise PlanError(f'{setting.key} would have to have two values')

    def diagnose(self, diagnostic: Diagnostic) -> None:
        """Remember something that the configuration's reader should know."""
        self._diagnostics.append(diagnostic)

    def close(self) -> Plan:
        """The plan.

        Raises `DanglingReferenceError` when a resource refers to, or must come after, one that is not declared, or is
        of a provider that is not.
        """
        plan = Plan(
            resources=tuple(sorted(self._resources.values(), key=lambda r: (*r.owner.sort_key(), r.name))),
            assets=tuple(sorted(self._assets.values(), key=_by_owner_and_key)),
            principals=tuple(sorted(self._principals.values(), key=attrgetter('key'))),
            groups=tuple(sorted(self._groups.values(), key=_by_owner_and_key)),
            memberships=tuple(sorted(self._memberships.values(), key=_by_owner_and_key)),
            grants=tuple(sorted(self._grants.values(), key=_by_owner_and_key)),
            entitlements=tuple(sorted(self._entitlements.values(), key=_by_owner_and_key)),
            outputs=dict(sorted(self._outputs.items())),
            diagnostics=in_order(self._diagnostics),
            providers=dict(sorted(self._providers.items())),
            settings=tuple(sorted(self._settings.values(), key=attrgetter('key'))),
        )
        _refuse_dangling(plan)
        return plan


def _refuse_dangling(plan: Plan) -> None:
    known = plan.resource_by_name
    for resource in plan.resources:
        _refuse_unknown(resource.name, resource.depends_on, known)
        _refuse_other_provider(resource, plan)
    for name, unknowns in plan.unknowns_by_resource.items():
        _refuse_unknown(name, (each.resource for each in unknowns if isinstance(each, Ref)), known)
    for name, value in plan.outputs.items():
        _refuse_unknown(f'stack output {name}', (ref.resource for ref in refs_of(value)), known)


def _refuse_other_provider(resource: Resource, plan: Plan) -> None:
    if resource.provider is None:
        return
    provider = plan.providers.get(resource.provider)
    if provider is None:
        raise DanglingReferenceError(f'{resource.name} is of the provider {resource.provider}, which is not declared')
    if resource.type.partition(':')[0] != provider.package:
        raise PlanError(f'{resource.name} is no resource of {provider.package}, as its provider {resource.provider} is')


def _declare(what: str, family: dict[str, Intent], intent: Intent) -> Intent:
    first = family.setdefault(intent.key, intent)
    if first is not intent:
        raise DuplicateKeyError(what, intent.key, _say(first.owner), _say(intent.owner), intent.origin)
    return intent


def _by_owner_and_key(intent: _Declared) -> tuple[str, str, str, str]:
    return (*intent.owner.sort_key(), intent.key)


def _refuse_unknown(name: str, needed: Iterable[str], known: Collection[str]) -> None:
    for other in needed:
        if other not in known:
            raise DanglingReferenceError(f'{name} needs {other}, which is not in the plan')
