"""What a provider knows about one type, as data, and the usual life of a thing of that type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import Refused, World

Inputs: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A thing as it is in the cloud: `inputs` are what can be set of it, `outputs` what the cloud adds."""

    id: str
    inputs: Properties
    outputs: Properties

    @property
    def properties(self) -> Properties:
        """What the state keeps."""
        return {**self.inputs, **self.outputs}


class Kind(Protocol):
    """A type as the servicer needs it."""

    @property
    def token(self) -> str: ...
    @property
    def required(self) -> tuple[str, ...]:
        """Inputs without which the provider refuses a plan."""

    @property
    def replaces(self) -> frozenset[str]:
        """Top-level inputs of which a change makes a new thing."""

    @property
    def delete_first(self) -> bool:
        """Whether a replacement deletes first, because two things cannot have one name."""

    @property
    def unordered(self) -> frozenset[str]:
        """Lists whose order says nothing."""

    @property
    def secrets(self) -> frozenset[str]:
        """Outputs that are secret although no input says so."""

    @property
    def autonamed(self) -> bool:
        """Whether the provider makes up a name when the program gives none."""

    def check(self, inputs: Inputs) -> Iterable[tuple[str, str]]:
        """What is wrong with inputs that can be seen without the cloud: key and reason."""

    def create(self, world: World, inputs: Inputs) -> Made:
        """Raises `Refused`."""

    def read(self, world: World, id_: str, known: Inputs) -> Made | None:
        """A thing as it is, None when it is gone. `known` are the state's properties, empty for an import."""

    def update(self, world: World, id_: str, old: Inputs, new: Inputs) -> Made:
        """Raises `Refused`."""

    def delete(self, world: World, id_: str, known: Inputs) -> None:
        """Deleting what is gone is fine. Raises `Refused`."""


def _nothing_wrong(_: Inputs) -> Iterable[tuple[str, str]]:
    return ()


def _allowed(_: World, __: Inputs) -> None:
    return


def _removed(world: World, key: str, _: Inputs) -> None:
    world.remove(key)


def _no_outputs(_: World, __: Inputs) -> Properties:
    return {}


@dataclass(frozen=True)
class Thing:
    """A `Kind` whose things are kept whole under a key of their own.

    `key` says where by the inputs, `id` what the provider calls it by inputs and outputs. `taken` is what the cloud
    says when there is one already, None when the cloud does not mind. `refuse` raises `Refused` for inputs that
    contradict the rest of the cloud, on creation and update; `deleting` removes, or raises.
    """

    token: str
    key: Callable[[Inputs], str]
    id: Callable[[Inputs, Inputs], str]
    required: tuple[str, ...] = ()
    replaces: frozenset[str] = frozenset()
    delete_first: bool = False
    unordered: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    wrong: Callable[[Inputs], Iterable[tuple[str, str]]] = _nothing_wrong
    refuse: Callable[[World, Inputs], None] = _allowed
    outputs: Callable[[World, Inputs], Properties] = _no_outputs
    taken: Callable[[Inputs], str] | None = None
    deleting: Callable[[World, str, Inputs], None] = _removed
    unreadable: frozenset[str] = frozenset()
    """Outputs that the cloud tells once, on creation."""
    autonamed: bool = False
    """Whether the provider makes up a name when the program gives none, before anything is made."""

    def check(self, inputs: Inputs) -> Iterable[tuple[str, str]]:
        return self.wrong(inputs)

    def create(self, world: World, inputs: Inputs) -> Made:
        self.refuse(world, inputs)
        # The key may depend on what the cloud adds (the number of a secret's version), so that comes first.
        outputs = self.outputs(world, inputs)
        key = self.key_in(world, {**inputs, **outputs})
        there = world.get(key)
        if there is not None and self.taken is not None:
            raise Refused(self.taken({**inputs, **outputs}))
        if there is not None:
            outputs = {**outputs, **there['outputs']}
        made = Made(self.id(inputs, outputs), dict(inputs), outputs)
        self._keep(world, key, made)
        return made

    def key_in(self, world: World, made: Inputs) -> str:
        """Where a thing is kept."""
        return self.key(made)

    def read(self, world: World, id_: str, known: Inputs) -> Made | None:
        key = self._key_of(world, id_)
        there = world.get(key) if key else None
        if there is None:
            return None
        outputs = {**there['outputs'], **{name: known[name] for name in self.unreadable if name in known}}
        return Made(id_, dict(there['inputs']), outputs)

    def update(self, world: World, id_: str, old: Inputs, new: Inputs) -> Made:
        key = self._key_of(world, id_)
        there = world.get(key) if key else None
        if key is None or there is None:
            raise Refused(f'googleapi: Error 404: {id_} was not found., notFound')
        self.refuse(world, new)
        # What nobody asked for and nobody took back stays as it is.
        kept = {name: value for name, value in there['inputs'].items() if name not in old}
        made = Made(id_, {**kept, **new}, dict(there['outputs']))
        self._keep(world, key, made)
        return Made(id_, made.inputs, {**made.outputs, **{name: old[name] for name in self.unreadable if name in old}})

    def delete(self, world: World, id_: str, known: Inputs) -> None:
        key = self._key_of(world, id_)
        if key is not None:
            self.deleting(world, key, known)

    def _keep(self, world: World, key: str, made: Made) -> None:
        stored = {name: value for name, value in made.outputs.items() if name not in self.unreadable}
        world.put(key, {'type': self.token, 'id': made.id, 'inputs': made.inputs, 'outputs': stored})
        world.put(f'id {self.token} {made.id}', {'key': key})

    def _key_of(self, world: World, id_: str) -> str | None:
        found = world.get(f'id {self.token} {id_}')
        return str(found['key']) if found else None
