"""Progress at a terminal."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from cpg_infra.cli.running.bar import Bar
from tests.engine.automation.building import BUCKET, urn


def test_a_bar_shows_how_far_each_stack_is_and_warnings_stay_above_it() -> None:
    shown = StringIO()
    phase = {'stack': 'prod', 'operation': 'up', 'resources': 2, 'looks': False}
    with Bar(Console(file=shown, force_terminal=True, width=100, highlight=False)) as bar:
        bar({'event': 'phase', **phase})
        bar({'event': 'done', 'stack': 'prod', 'op': 'create', 'urn': urn(BUCKET, 'b'), 'keys': []})
        bar({'event': 'diagnostic', 'stack': 'prod', 'severity': 'warning', 'urn': '', 'message': 'care [bold]ful'})
        bar._progress.refresh()
        bar({'event': 'phase-over', **phase})
    assert 'prod: up' in shown.getvalue()
    assert '1/2' in shown.getvalue()
    assert 'warning: prod: care [bold]ful' in shown.getvalue()
