"""Everything in a plan of files comes from a line of a file."""

from __future__ import annotations

from tests.examples.lantern import LANTERN, configuration, plan


def test_every_intent_of_the_example_has_a_place_in_its_files() -> None:
    sources = configuration().sources
    places = {intent.origin: sources.locate(intent.origin) for intent in plan().intent_by_key.values()}
    assert len(places) > 150
    assert [path for path, place in places.items() if place is None or not place.line] == []
    found = {place for place in places.values() if place is not None}
    lines = {place.file: len((LANTERN / place.file).read_text(encoding='utf-8').splitlines()) for place in found}
    assert [str(place) for place in found if place.line > lines[place.file]] == []
