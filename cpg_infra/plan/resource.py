"""A lowered resource: exactly what is registered with the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cpg_infra.plan.owner import Owner
from cpg_infra.plan.values import Value


@dataclass(frozen=True, slots=True)
class Options:
    """How the engine treats a resource.

    `protect` refuses deletion and replacement, `retain` leaves the thing in the cloud when it leaves the plan,
    `secret_inputs` and `secret_outputs` are encrypted in the state, `aliases` are earlier logical names.
    """

    protect: bool = False
    retain: bool = False
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool = False
    secret_inputs: tuple[str, ...] = ()
    secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, object]:
        """Only what differs from the default."""
        shown: dict[str, object] = {}
        for name in ('protect', 'retain', 'delete_before_replace'):
            if getattr(self, name):
                shown[name] = True
        for name in ('ignore_changes', 'secret_inputs', 'secret_outputs', 'aliases'):
            if values := getattr(self, name):
                shown[name] = values
        return shown


DEFAULT_OPTIONS = Options()


@dataclass(frozen=True, slots=True)
class Resource:
    """One registration.

    `name` is the logical name, unique in the plan; `physical` what the cloud calls the thing, unique among
    resources of its type (within the scope that the text itself spells out); `intents` the keys of what it
    stands for in the access model; `depends_on` logical names that must exist first, beyond those referred to;
    `provider` a key of the plan's `providers`, None for the default one of the type's package.
    """

    name: str
    type: str
    physical: str
    inputs: Mapping[str, Value]
    owner: Owner
    intents: tuple[str, ...]
    depends_on: tuple[str, ...] = ()
    options: Options = field(default=DEFAULT_OPTIONS)
    provider: str | None = None

    def as_plain(self) -> dict[str, object]:
        """What the canonical form says of it; values inside are left for the encoder."""
        shown: dict[str, object] = {
            'name': self.name,
            'type': self.type,
            'physical': self.physical,
            'inputs': self.inputs,
            'owner': self.owner,
            'intents': self.intents,
        }
        if self.depends_on:
            shown['depends_on'] = self.depends_on
        if self.options is not DEFAULT_OPTIONS and (options := self.options.as_plain()):
            shown['options'] = options
        if self.provider is not None:
            shown['provider'] = self.provider
        return shown
