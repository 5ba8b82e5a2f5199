"""What differs between what exists and what is asked for, property by property."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cpg_infra.provider.resource import Change, ChangeKind, State
from cpg_infra.provider.values import Properties


def folded(names: Sequence[str]) -> dict[str, int]:
    """Where each name first stands, whatever its case."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(name.lower(), place)
    return places


def compare(key: str, state: State, news: Properties, *, replaces: bool = False) -> Iterator[Change]:
    """A change of a plain property, if there is one. Absent in the new inputs counts as a change to nothing."""
    old, new = state.outputs.get(key), news.get(key)
    if old == new:
        return
    if old is None:
        yield Change(key, ChangeKind.ADD, replaces=replaces)
    elif new is None:
        yield Change(key, ChangeKind.DELETE, replaces=replaces, of_inputs=key in state.inputs)
    else:
        yield Change(key, replaces=replaces)


def compare_names(path: str, exists: Sequence[str], wanted: Sequence[str], asked: Sequence[str]) -> Iterator[Change]:
    """Names that come and go, each at its place; neither order nor case nor repetition is a change.

    `exists` is what there is. `asked` is the list of the old inputs: what goes is shown at its place there, or at its
    place in `exists` when nobody had asked for it.
    """
    found, places, before = folded(exists), folded(wanted), folded(asked)
    changes = {
        f'{path}[{place}]': Change(f'{path}[{place}]', ChangeKind.ADD)
        for name, place in places.items()
        if name not in found
    }
    for name, place in found.items():
        if name not in places:
            at = f'{path}[{before.get(name, place)}]'
            kind = ChangeKind.UPDATE if at in changes else ChangeKind.DELETE
            changes[at] = Change(at, kind, of_inputs=at in changes or name in before)
    yield from changes.values()
