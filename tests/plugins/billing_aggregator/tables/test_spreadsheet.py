"""The figures of a month in a spreadsheet, in front of a service that speaks as Google's does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from cpg_infra.plugins.billing_aggregator.outside import GoogleIdentity, Http, OutsideError, Sheets
from cpg_infra.plugins.billing_aggregator.outside.sheets import SCOPE, Patch
from cpg_infra.plugins.billing_aggregator.tables import SummaryRow
from cpg_infra.plugins.billing_aggregator.tables.spreadsheet import (
    HEADINGS,
    Sheeted,
    key_of,
    plan_edits,
    write_spreadsheet,
)
from tests.services import Fault, LocalServices

NOW = dt.datetime(2026, 12, 3, 9, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)
COORDINATOR = 'coordinator@lantern-billing.iam.gserviceaccount.com'
SHEET = 'a-sheet'


def row(topic: str, net: str, category: str = 'Compute Cost', currency: str = 'AUD') -> SummaryRow:
    return SummaryRow(topic, category, currency, Decimal(net) + 1, Decimal(-1), Decimal(net))


def held(topic: str, net: float, month: str = '202611', at: str = '2026-12-03 09:00') -> list[Any]:
    """A row as the tab has it."""
    key = f'{topic}-{month}-Compute Cost'
    return [topic, month, 'Compute Cost', 'AUD', net + 1, -1.0, net, at, key]


@pytest.fixture
def services() -> Iterator[LocalServices]:
    with LocalServices() as running:
        running.world.tab(SHEET, 'Overview', ['mine'])
        yield running


@pytest.fixture
def sheets(services: LocalServices) -> Iterator[Sheets]:
    with Http(endpoints=services.endpoints(), patience=5.0, first_wait=0.001, answer=5.0) as http:
        yield Sheets(http, GoogleIdentity(http, {}, SCOPE), SHEET)


def write(sheets: Sheets, *rows: SummaryRow, month: str = '202611', now: dt.datetime = NOW) -> Sheeted:
    return write_spreadsheet(sheets, month, rows, 'AUD', now, COORDINATOR)


def cells(services: LocalServices, title: str = '2026-data') -> list[list[Any]]:
    tabs = services.world.sheets.spreadsheets[SHEET]['tabs']
    return next(tab['cells'] for tab in tabs if tab['title'] == title)


def test_a_tab_for_the_year_is_made_with_headings_and_a_second_time_writes_nothing(
    services: LocalServices, sheets: Sheets
) -> None:
    assert write(sheets, row('alpha', '0.25'), row('beta', '7')) == Sheeted('2026-data', added=2)
    expected = [[*HEADINGS], held('alpha', 0.25), held('beta', 7.0)]
    assert cells(services) == expected
    assert cells(services, 'Overview') == [['mine']]
    writes = len(services.wrote('/sheets'))
    assert write(sheets, row('alpha', '0.25'), row('beta', '7'), now=LATER) == Sheeted('2026-data')
    assert cells(services) == expected
    assert len(services.wrote('/sheets')) == writes


def test_a_figure_that_changed_changes_its_row_and_one_that_is_gone_becomes_nothing(
    services: LocalServices, sheets: Sheets
) -> None:
    write(sheets, row('alpha', '1'), row('beta', '2'))
    write(sheets, row('beta', '9'), month='202610')
    assert write(sheets, row('alpha', '3'), row('gamma', '4'), now=LATER) == Sheeted(
        '2026-data', added=1, changed=1, emptied=1
    )
    gone = held('beta', 0.0, at='2026-12-04 09:00')
    gone[4:7] = [0.0, 0.0, 0.0]
    assert cells(services) == [
        [*HEADINGS],
        held('alpha', 3.0, at='2026-12-04 09:00'),
        gone,
        held('beta', 9.0, '202610'),
        held('gamma', 4.0, at='2026-12-04 09:00'),
    ]
    assert write(sheets, row('alpha', '3'), row('gamma', '4'), now=LATER) == Sheeted('2026-data')


def test_columns_and_rows_of_people_stay_wherever_ours_are(services: LocalServices, sheets: Sheets) -> None:
    services.world.tab(
        SHEET,
        '2026-data',
        ['Note', 'Topic', 'Month', 'approved', 'Cost_Category', 'cost', 'Key', 'ticket'],
        ['why?', 'alpha', 202611, 'yes', 'Compute Cost', 5.0, 'alpha-202611-Compute Cost', 'T-1'],
        ['', '', '', '', 'total', '=SUM(F2:F9)', '', ''],
        ['by hand', 'alpha', '202611', '', 'a correction', -3.0, 'correction-1', ''],
    )
    assert write(sheets, row('alpha', '1'), row('=beta()', '2')) == Sheeted('2026-data', added=1, changed=1)
    at = '2026-12-03 09:00'
    assert cells(services) == [
        ['Note', 'Topic', 'Month', 'approved', 'Cost_Category', 'cost', 'Key', 'ticket', 'currency', 'credits', 'net', 'written_at'],
        ['why?', 'alpha', '202611', 'yes', 'Compute Cost', 2.0, 'alpha-202611-Compute Cost', 'T-1', 'AUD', -1.0, 1.0, at],
        ['', '', '', '', 'total', '=SUM(F2:F9)', '', ''],
        ['by hand', 'alpha', '202611', '', 'a correction', -3.0, 'correction-1', ''],
        ['', '=beta()', '202611', '', 'Compute Cost', 3.0, '=beta()-202611-Compute Cost', '', 'AUD', -1.0, 2.0, at],
    ]  # fmt: skip


def test_rows_are_found_after_people_have_sorted_them_and_a_month_became_a_number(
    services: LocalServices, sheets: Sheets
) -> None:
    write(sheets, row('alpha', '1'), row('beta', '2'))
    kept = cells(services)
    kept[1], kept[2] = kept[2], kept[1]
    kept[1][1] = 202611.0
    assert write(sheets, row('alpha', '5'), row('beta', '2'), now=LATER) == Sheeted('2026-data', changed=1)
    assert [one[0] for one in kept] == ['topic', 'beta', 'alpha']


def test_a_row_that_is_there_twice_counts_once(services: LocalServices, sheets: Sheets) -> None:
    write(sheets, row('alpha', '1'))
    cells(services).append(held('alpha', 1.0))
    assert write(sheets, row('alpha', '1')) == Sheeted('2026-data', emptied=1)
    assert sum(one[6] for one in cells(services)[1:]) == 1.0


def test_currencies_have_rows_of_their_own_and_ours_needs_no_name() -> None:
    assert key_of('202611', row('alpha', '1'), 'AUD') == 'alpha-202611-Compute Cost'
    assert key_of('202611', row('alpha', '1', currency='USD'), 'AUD') == 'alpha-202611-Compute Cost-USD'


def test_a_tab_that_is_full_gets_more_rows_and_columns(services: LocalServices, sheets: Sheets) -> None:
    services.world.tab(SHEET, '2026-data', ['key'], size=(2, 3))
    assert write(sheets, row('alpha', '1'), row('beta', '2'), row('gamma', '3')).added == 3
    (_, tab) = services.world.sheets.spreadsheets[SHEET]['tabs']
    assert (tab['rows'], tab['columns']) == (4, 9)


def test_a_tab_without_a_heading_for_the_key_is_left_alone(services: LocalServices, sheets: Sheets) -> None:
    before = services.world.tab(SHEET, '2026-data', ['alpha', '202611', 5.0])
    with pytest.raises(OutsideError, match=f"spreadsheet {SHEET}, tab 2026-data: its first row has no heading 'key'"):
        write(sheets, row('alpha', '1'))
    assert before == [['alpha', '202611', 5.0]]


def test_a_heading_that_is_there_twice_is_refused(services: LocalServices, sheets: Sheets) -> None:
    services.world.tab(SHEET, '2026-data', ['key', 'net', 'Net '])
    with pytest.raises(OutsideError, match='has the heading net more than once'):
        write(sheets, row('alpha', '1'))


def test_a_tab_that_somebody_else_made_meanwhile_is_taken(services: LocalServices, sheets: Sheets) -> None:
    services.faults = [Fault('^/sheets.*a-sheet:batchUpdate', 'POST', status=500, after=True)]
    assert write(sheets, row('alpha', '1')) == Sheeted('2026-data', added=1)


@pytest.mark.parametrize(
    'fault',
    [
        Fault('^/sheets', status=429, headers={'Retry-After': '0'}, times=3),
        Fault('^/sheets.*values:batchUpdate', status=500, times=2),
        Fault('^/sheets.*values:batchUpdate', status=500, after=True),
        Fault('^/sheets.*values:batchUpdate', drop=True, after=True),
        Fault('^/sheets.*values/', status=503, times=2),
    ],
)
def test_what_passes_is_tried_again_and_no_row_comes_twice(
    services: LocalServices, sheets: Sheets, fault: Fault
) -> None:
    services.faults = [fault]
    write(sheets, row('alpha', '1'), row('beta', '2'))
    assert cells(services) == [[*HEADINGS], held('alpha', 1.0), held('beta', 2.0)]


def test_a_service_that_does_not_answer_is_reported_with_the_spreadsheet(
    services: LocalServices, sheets: Sheets
) -> None:
    services.faults = [Fault('^/sheets.*values:batchUpdate', delay=0.4, times=9)]
    patient = Http(endpoints=sheets.http.endpoints, patience=1.0, first_wait=0.001, answer=0.1, tries=2)
    with patient as http, pytest.raises(OutsideError, match=f'spreadsheet {SHEET}, tab 2026-data: .*: no answer'):
        write(Sheets(http, GoogleIdentity(http, {'GOOGLE_OAUTH_ACCESS_TOKEN': 'google-token'}), SHEET), row('a', '1'))


def test_a_service_that_stays_down_is_reported_with_the_spreadsheet(services: LocalServices, sheets: Sheets) -> None:
    services.faults = [Fault('^/sheets', status=500, times=99)]
    with pytest.raises(OutsideError, match=f'spreadsheet {SHEET}, tab 2026-data: .*HTTP 500'):
        write(sheets, row('alpha', '1'))


@pytest.mark.parametrize(('viewers', 'method'), [([], 'GET'), (['deployer@example.org'], 'POST')])
def test_a_spreadsheet_that_is_not_shared_says_with_whom_to_share_it(
    services: LocalServices, sheets: Sheets, viewers: list[str], method: str
) -> None:
    services.world.sheets.spreadsheets[SHEET] |= {'editors': [], 'viewers': viewers}
    with pytest.raises(OutsideError, match=f'{method} .*HTTP 403: .*; share it, as an editor, with {COORDINATOR}$'):
        write(sheets, row('alpha', '1'))


def test_a_spreadsheet_that_is_not_there_is_reported_with_its_id(sheets: Sheets) -> None:
    gone = Sheets(sheets.http, sheets.identity, 'another')
    with pytest.raises(OutsideError, match=r'spreadsheet another, .*HTTP 404'):
        write(gone, row('alpha', '1'))


def test_a_token_for_the_cloud_alone_says_what_it_must_be_for(services: LocalServices, sheets: Sheets) -> None:
    narrow = Sheets(sheets.http, GoogleIdentity(sheets.http, {}), SHEET)
    with pytest.raises(OutsideError, match=rf'insufficient authentication scopes\.; the token must be for {SCOPE}$'):
        write(narrow, row('alpha', '1'))


def test_values_that_are_none_are_reported(services: LocalServices, sheets: Sheets) -> None:
    services.faults = [Fault('^/sheets.*values/', status=200, body={'values': 7})]
    with pytest.raises(OutsideError, match="the values of the tab '2026-data' are not understood"):
        write(sheets, row('alpha', '1'))


@pytest.mark.parametrize(
    ('patch', 'place'),
    [
        (Patch(0, 0, [['x']]), "'it''s'!A1:A1"),
        (Patch(4, 25, [['x', 'y'], ['x', 'y']]), "'it''s'!Z5:AA6"),
        (Patch(9, 701, [['x', 'y']]), "'it''s'!ZZ10:AAA10"),
    ],
)
def test_blocks_are_named_as_the_service_names_them(patch: Patch, place: str) -> None:
    assert patch.place("it's") == place


def test_all_new_rows_are_one_block() -> None:
    edits = plan_edits('2026-data', [], '202611', [row(f't-{n}', '1') for n in range(500)], 'AUD', NOW)
    assert [(patch.row, len(patch.values)) for patch in edits.patches] == [(0, 1), (1, 500)]
