"""`cpg-infra billing monthly` as a person runs it, in front of a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
from tests.cli.running import FOLDER, Ran, configuration, run
from tests.config.building import CPG_TOML
from tests.plugins.billing_aggregator.postings import book, posting
from tests.services import LocalServices

SECTION = """
[billing.aggregator]
destination_bq_table = "lantern-billing.aggregate.costs"
slack_channel = "billing"
slack_token_secret_name = "slack"
functions = ["gcp"]
billing_sheet_id = "a-sheet"
"""

FIGURES = 'alpha, Compute Cost: 1.25 AUD\n202401: 1 row\n'


@pytest.fixture(autouse=True)
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServices]:
    """A ledger with one posting, and a spreadsheet that is shared."""
    monkeypatch.chdir(tmp_path)
    folder = configuration({'cpg.toml': CPG_TOML + SECTION})
    with open_ledger(folder / 'billing.duckdb') as ledger:
        book(ledger, posting('alpha', '1.25', month='202401'))
    with LocalServices() as running:
        running.world.tab('a-sheet', 'Overview')
        monkeypatch.setenv('CPG_ENDPOINTS', json.dumps(running.endpoints()))
        monkeypatch.setenv('GOOGLE_OAUTH_ACCESS_TOKEN', 'google-token')
        yield running


def monthly(*arguments: str) -> Ran:
    return run('billing', 'monthly', FOLDER, '--month', '202401', *arguments)


def test_the_figures_go_to_the_table_and_the_spreadsheet(services: LocalServices) -> None:
    counts = 'spreadsheet, tab 2024-data: {}, 0 changed, 0 set to 0\n'
    assert monthly() == (0, FIGURES + counts.format('1 new row'), '')
    assert monthly() == (0, FIGURES + counts.format('0 new rows'), '')


@pytest.mark.parametrize('option', ['--no-spreadsheet', '--dry-run'])
def test_the_spreadsheet_is_left_alone_when_it_is_not_asked_for(services: LocalServices, option: str) -> None:
    assert monthly(option).status == 0
    assert services.called('/sheets') == []


def test_a_spreadsheet_that_fails_is_status_3_and_the_table_has_the_figures(services: LocalServices) -> None:
    services.world.sheets.spreadsheets['a-sheet']['editors'] = []
    status, out, err = monthly()
    assert (status, out) == (3, FIGURES)
    assert err.startswith('the table has 202401, and the spreadsheet has not: spreadsheet a-sheet, tab 2024-data: GET ')
    assert err.endswith('; share it, as an editor, with the account that writes it\n')
    with open_ledger(Path(FOLDER) / 'billing.duckdb') as ledger:
        assert len(ledger.query('SELECT * FROM monthly_summary')) == 1
