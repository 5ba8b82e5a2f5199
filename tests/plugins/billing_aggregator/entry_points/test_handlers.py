"""Every entry point, without a framework around it, in front of services on this machine."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cpg_infra.config import ConfigurationError
from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Outcome
from cpg_infra.plugins.billing_aggregator.infrastructure.aggregation import NOT_RECONCILED
from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
from cpg_infra.plugins.billing_aggregator.requests import Arrival
from cpg_infra.plugins.billing_aggregator.service.configured import Configured, load_configured
from cpg_infra.plugins.billing_aggregator.service.handlers import ENTRY_POINTS, answer
from cpg_infra.plugins.billing_aggregator.service.logs import JsonLines
from cpg_infra.plugins.billing_aggregator.service.response import Response
from tests.plugins.billing_aggregator.entry_points.folders import count, make_folder
from tests.services import LocalServices

NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
ACCOUNT = 'DEMO00-000000-000000'
PROJECTS = ('ataxia', 'common', 'controls', 'newborn', 'panels', 'rare-atlas', 'thousand-hearts')


@pytest.fixture
def services() -> Iterator[LocalServices]:
    with LocalServices() as running:
        running.world.billing.projects |= {f'lantern-{name}': ACCOUNT for name in PROJECTS}
        yield running


@pytest.fixture
def configured(services: LocalServices, tmp_path: Path) -> Configured:
    environment = {
        'CPG_ENDPOINTS': json.dumps(services.endpoints()),
        'GOOGLE_OAUTH_ACCESS_TOKEN': 'google-token',
        'SLACK_TOKEN': 'slack-token',
    }
    return load_configured(environment, str(make_folder(tmp_path / 'folder', services.url)))


def ask(name: str, configured: Configured, body: Mapping[str, Any] | None = None) -> Response:
    arrival = Arrival('POST', (), {'content-type': 'application/json'}, json.dumps(body or {}).encode())
    return answer(name, arrival, lambda: configured, NOW)


def test_aggregating_twice_books_everything_once(configured: Configured) -> None:
    first = ask('from_request', configured)
    again = ask('from_request', configured)
    assert (first.status, again.status) == (200, 200)
    (gcp,) = first.body['sources']
    assert gcp['status'] == 'ok'
    assert gcp['inserted'] >= gcp['lines'] > 300
    (gcp,) = again.body['sources']
    assert (gcp['inserted'], gcp['updated'], gcp['deleted']) == (0, 0, 0)


def test_a_window_books_what_arrived_in_it(configured: Configured) -> None:
    window = {'start': '2026-10-10', 'end': '2026-10-12', 'source': 'seqr'}
    assert ask('from_request', configured, window).status == 200
    with open_ledger(configured.database, read_only=True) as ledger:
        (row,) = ledger.query('SELECT MIN(export_time) AS first, MAX(export_time) AS last FROM ledger')
    assert dt.date(2026, 10, 10) <= row['first'].date() <= row['last'].date() <= dt.date(2026, 10, 11)


def test_a_ledger_that_does_not_agree_is_logged_in_the_words_of_its_alert(
    configured: Configured, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = Outcome('gcp', 'unreconciled', faults=['2026-10 AUD: 0.01 is missing'])
    monkeypatch.setattr(Aggregation, 'run', lambda *_: [wrong, Outcome('hail', 'failed', faults=['no answer'])])
    with caplog.at_level(logging.INFO, 'cpg_infra.billing'):
        assert ask('from_request', configured).status == 500
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ('ERROR', 'gcp is not reconciled: 2026-10 AUD: 0.01 is missing'),
        ('ERROR', 'hail failed: no answer'),
    ]
    assert re.findall(r'message:"(.*?)"', NOT_RECONCILED)[0] in caplog.messages[0]


@pytest.mark.parametrize('name', sorted(ENTRY_POINTS))
def test_bad_input_is_refused_and_nothing_is_written(configured: Configured, name: str) -> None:
    with open_ledger(configured.database):
        pass
    before = Path(configured.database).read_bytes()
    response = ask(name, configured, {'nonsense': 1, 'start': 'x'})
    assert response.status == 400
    assert response.body['faults']
    assert Path(configured.database).read_bytes() == before


def test_a_dry_run_books_nothing(configured: Configured) -> None:
    assert ask('from_request', configured, {'dry_run': True}).status == 200
    assert count(configured.folder, 'ledger') == 0


def test_a_source_that_fails_is_an_answer_with_its_name(configured: Configured) -> None:
    (configured.folder / 'gcp' / 'export.parquet').unlink()
    response = ask('from_request', configured)
    assert response.status == 500
    assert response.body['sources'][0]['faults'][0].startswith('gcp: no file matches')


def test_budgets_are_those_that_google_says(services: LocalServices, configured: Configured) -> None:
    services.world.budget(ACCOUNT, 'b-1', 'lantern-ataxia', 77)
    assert ask('budgets', configured, {'dry_run': True}).body == {'budgets': 7, 'written': False}
    assert ask('budgets', configured).body == {'budgets': 7, 'written': True}
    with open_ledger(configured.database, read_only=True) as ledger:
        rows = ledger.query("SELECT budget FROM budgets WHERE topic IN ('ataxia', 'common') ORDER BY topic")
    assert [row['budget'] for row in rows] == [77, 1500]


def test_budgets_that_cannot_be_read_are_not_written(services: LocalServices, configured: Configured) -> None:
    services.world.google.tokens.clear()
    response = ask('budgets', configured)
    assert response.status == 500
    assert 'HTTP 401' in response.body['error']
    assert not Path(configured.database).exists()


def test_the_figures_of_the_last_month_are_written(configured: Configured) -> None:
    ask('from_request', configured)
    response = ask('monthly', configured)
    assert (response.status, response.body['month']) == (200, '202610')
    assert count(configured.folder, 'monthly_summary') == response.body['rows'] > 5
    assert ask('monthly', configured, {'month': '2026-08'}).body == {'month': '202608', 'rows': 0, 'written': True}


def with_spreadsheet(configured: Configured) -> Configured:
    file = configured.folder / 'cpg.toml'
    text = file.read_text(encoding='utf-8')
    file.write_text(
        text.replace('[billing.aggregator]\n', '[billing.aggregator]\nbilling_sheet_id = "a-sheet"\n'), encoding='utf-8'
    )
    return load_configured(configured.environment, str(configured.folder), configured.database)


def test_the_figures_of_a_month_go_to_the_spreadsheet_too(services: LocalServices, configured: Configured) -> None:
    services.world.tab('a-sheet', 'Overview')
    given = with_spreadsheet(configured)
    ask('from_request', given)
    assert 'spreadsheet' not in ask('monthly', given, {'dry_run': True}).body
    assert services.wrote('/sheets') == []
    response = ask('monthly', given)
    rows = response.body['rows']
    assert (response.status, response.body['spreadsheet']) == (
        200,
        {'tab': '2026-data', 'added': rows, 'changed': 0, 'emptied': 0},
    )
    assert ask('monthly', given).body['spreadsheet'] == {'tab': '2026-data', 'added': 0, 'changed': 0, 'emptied': 0}
    empty = ask('monthly', given, {'month': '2026-08'})
    assert (empty.status, empty.body) == (200, {'month': '202608', 'rows': 0, 'written': True})


def test_a_spreadsheet_that_fails_is_reported_and_the_table_has_the_figures(
    services: LocalServices, configured: Configured, caplog: pytest.LogCaptureFixture
) -> None:
    services.world.tab('a-sheet', 'Overview')
    services.world.sheets.spreadsheets['a-sheet']['editors'] = []
    given = with_spreadsheet(configured)
    ask('from_request', given)
    with caplog.at_level(logging.ERROR, 'cpg_infra.billing'):
        response = ask('monthly', given)
    assert (response.status, response.body['written']) == (500, True)
    assert response.body['error'].startswith('spreadsheet a-sheet, tab 2026-data: GET https://sheets.')
    assert response.body['error'].endswith('; share it, as an editor, with the account that writes it')
    assert caplog.records[-1].levelname == 'ERROR'
    assert caplog.messages[-1] == (
        f'monthly: the table has 202610, and the spreadsheet has not: {response.body["error"]}'
    )
    assert count(configured.folder, 'monthly_summary') == response.body['rows'] > 5


def test_the_report_is_posted_with_unlinked_projects_first(services: LocalServices, configured: Configured) -> None:
    ask('from_request', configured)
    services.world.billing.projects |= {'lantern-newborn': ''}
    del services.world.billing.projects['lantern-panels']
    response = ask('cost_report', configured, {'force': True})
    assert response.status == 200
    (post,) = services.world.billing.posts
    first = post['blocks'][1]['text']['text']
    assert first.startswith(':warning: *lantern-newborn (newborn)* – no billing account')
    assert 'lantern-panels (panels)* – billing unknown' in first
    shown = ask('cost_report', configured, {'dry_run': True})
    assert shown.body['report'].startswith('Costs of 2026-11 until 2026-11-03 09:00 UTC')
    assert len(services.world.billing.posts) == 1


def test_a_report_that_slack_refuses_is_a_failure(services: LocalServices, configured: Configured) -> None:
    ask('from_request', configured)
    services.world.billing.slack_tokens.clear()
    response = ask('cost_report', configured)
    assert (response.status, 'invalid_auth' in response.body['error']) == (500, True)


def test_a_configuration_with_faults_is_said(configured: Configured) -> None:
    (configured.folder / 'production.yaml').write_text('common: {gcp: {project: 7, ref: 1}}\n', encoding='utf-8')

    def configure() -> Configured:
        return load_configured({}, str(configured.folder))

    with pytest.raises(ConfigurationError):
        configure()
    response = answer('monthly', Arrival(), configure, NOW)
    assert response.status == 500
    assert response.body['faults']


def test_a_defect_is_an_answer_and_a_traceback_in_the_log(
    configured: Configured, caplog: pytest.LogCaptureFixture
) -> None:
    def configure() -> Configured:
        raise RuntimeError('a defect')

    with caplog.at_level(logging.ERROR, 'cpg_infra.billing'):
        assert answer('monthly', Arrival(), configure, NOW).status == 500
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert line['severity'] == 'ERROR'
    assert 'RuntimeError: a defect' in line['message']
