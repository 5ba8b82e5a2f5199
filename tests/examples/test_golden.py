"""The plan of the example organisation, as text, is what was reviewed."""

from __future__ import annotations

import difflib
from typing import Final

import pytest

from cpg_infra.plan import Plan
from tests.examples import lantern, regenerate

SHOWN: Final = 40
"""Lines of a difference in a failure; the whole of it is in git after regenerating."""


def test_the_plan_is_the_golden_one() -> None:
    was = lantern.GOLDEN.read_text(encoding='utf-8').splitlines()
    now = regenerate.text().splitlines()
    if was == now:
        return
    difference = list(difflib.unified_diff(was, now, 'golden', 'now', lineterm='', n=1))
    shown = '\n'.join(difference[:SHOWN])
    pytest.fail(
        f'the plan of the example has changed ({len(difference):,} lines of difference). If it is meant: '
        f'python -m tests.examples.regenerate, and read the difference.\n{shown}',
        pytrace=False,
    )


def test_the_golden_plan_is_small_enough_to_read() -> None:
    assert len(lantern.GOLDEN.read_text(encoding='utf-8').splitlines()) < 9_500


def test_every_resource_stands_in_the_golden_plan() -> None:
    plan: Plan = lantern.plan()
    lines = [line for line in lantern.GOLDEN.read_text(encoding='utf-8').splitlines() if not line.startswith(' ')]
    named = {line.split('  ', 2)[2].split(' ')[0] for line in lines if line.count('  ') == 2 and '/' in line}
    assert {resource.name for resource in plan.resources} == named
