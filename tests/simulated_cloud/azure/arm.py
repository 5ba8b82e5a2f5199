"""What all resources of the resource manager have in common: an id that is a path, and a provider that looks first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.simulated_cloud.azure.lookups import in_subscription
from tests.simulated_cloud.kind import Inputs, Made, Thing
from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import World


def _nothing(_: World, __: Inputs) -> Properties:
    return {}


def _fine(_: Inputs) -> Iterable[tuple[str, str]]:
    return ()


def _allowed(_: World, __: Inputs) -> None:
    return


@dataclass(frozen=True)
class ArmThing(Thing):
    """A resource of which some outputs follow from its inputs: these are worked out at each write."""

    shown: Callable[[World, Inputs], Properties] = _nothing
    local: bool = False
    """Whether its name is unique in its subscription only."""

    def key_in(self, world: World, made: Inputs) -> str:
        key = super().key_in(world, made)
        return in_subscription(world, key) if self.local else key

    def create(self, world: World, inputs: Inputs) -> Made:
        return self._shown(world, super().create(world, inputs))

    def update(self, world: World, id_: str, old: Inputs, new: Inputs) -> Made:
        key = self._key_of(world, id_)
        if key is None or world.get(key) is None:
            # The provider does not look before it writes: what somebody deleted is there again.
            return self.create(world, new)
        return self._shown(world, super().update(world, id_, old, new))

    def _shown(self, world: World, made: Made) -> Made:
        made = Made(made.id, made.inputs, {**made.outputs, **self.shown(world, made.inputs)})
        key = self._key_of(world, made.id)
        assert key is not None, 'it was just written'
        self._keep(world, key, made)
        return made


def resource(
    token: str,
    *,
    key: Callable[[Inputs], str],
    path: Callable[[World, Inputs], str],
    required: tuple[str, ...],
    replaces: Iterable[str],
    wrong: Callable[[Inputs], Iterable[tuple[str, str]]] = _fine,
    refuse: Callable[[World, Inputs], None] = _allowed,
    outputs: Callable[[World, Inputs], Properties] = _nothing,
    shown: Callable[[World, Inputs], Properties] = _nothing,
    deleting: Callable[[World, str, Inputs], None] | None = None,
    unordered: Iterable[str] = (),
    as_kind: type[ArmThing] = ArmThing,
    local: bool = False,
) -> ArmThing:
    """A type of the resource manager. `path` is the id; the last part of it is the name.

    Azure's own PUT overwrites what is there; its provider asks first, and refuses to create what exists. It deletes
    before it replaces, always.
    """

    def with_path(world: World, inputs: Inputs) -> Properties:
        there = path(world, inputs)
        return {'id': there, 'name': there.rpartition('/')[2], **outputs(world, inputs)}

    more: dict[str, Any] = {} if deleting is None else {'deleting': deleting}
    return as_kind(
        token,
        key=key,
        id=lambda _, made: str(made['id']),
        required=required,
        replaces=frozenset(replaces),
        delete_first=True,
        unordered=frozenset(unordered),
        wrong=wrong,
        refuse=refuse,
        outputs=with_path,
        taken=lambda made: f"cannot create already existing resource '{made['id']}'",
        shown=shown,
        local=local,
        **more,
    )


def remove_with_everything_below(world: World, key: str, _: Inputs) -> None:
    """Delete a thing and whatever has a path below its own: Azure asks nobody."""
    there = world.get(key)
    if there is None:
        return
    begin = f'{there["id"]}/'.lower()
    for below, thing in list(world.everything()):
        if str(thing.get('id', '')).lower().startswith(begin):
            world.remove(below)
    world.remove(key)
