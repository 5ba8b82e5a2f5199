"""Sources that are files: the Google export, Azure exports, FOCUS; and the usage of ICA as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
from cpg_infra.plugins.billing_aggregator.sources.azure import Azure
from cpg_infra.plugins.billing_aggregator.sources.focus import Focus
from cpg_infra.plugins.billing_aggregator.sources.ica import Ica
from cpg_infra.plugins.billing_aggregator.sources.source import Notes, SourceError, Window
from cpg_infra.plugins.billing_aggregator.sources.web import Web
from tests.plugins.billing_aggregator.building import (
    aggregate,
    attribution,
    by_topic,
    export_row,
    postings,
    settings,
    write_export,
)
from tests.plugins.billing_aggregator.service import Answer, Service

# The Google export --------------------------------------------------------------------------------------------


def parquet_of(rows_json: Path, select: str = '*') -> Path:
    file = rows_json.with_suffix('.parquet')
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {select} FROM read_json_auto('{rows_json}')) TO '{file}' (FORMAT parquet)")
    rows_json.unlink()
    return file


def test_parquet_and_json_give_the_same_postings(tmp_path: Path) -> None:
    rows = [export_row(), export_row(project=None, labels=[{'key': 'b', 'value': '2'}, {'key': 'a', 'value': '1'}])]
    found = []
    for kind in ('json', 'parquet'):
        pattern = write_export(tmp_path / kind / 'rows.json', rows)
        if kind == 'parquet':
            pattern = parquet_of(pattern)
        with open_ledger(tmp_path / f'{kind}.duckdb') as ledger:
            aggregate(ledger, pattern)
            found.append([(row['topic'], row['cost_exact'], row['labels'], row['project']) for row in postings(ledger)])
    assert [row[:3] for row in found[0]] == [row[:3] for row in found[1]]
    assert {row[2] for row in found[0]} == {'{}', '{"a":"1","b":"2"}'}


def test_columns_that_are_missing_are_null_unless_they_are_needed(tmp_path: Path) -> None:
    pattern = parquet_of(write_export(tmp_path / 'rows.json', [export_row()]), '* EXCLUDE (credits, adjustment_info)')
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, pattern)
        assert outcome.status == 'ok'
        assert sorted(outcome.notes.said) == [
            'gcp: the export has no column adjustment_info; it is null',
            'gcp: the export has no column credits; it is null',
        ]


def test_an_export_without_a_needed_column_fails_by_name_and_loads_nothing(tmp_path: Path) -> None:
    pattern = parquet_of(write_export(tmp_path / 'rows.json', [export_row()]), '* EXCLUDE (cost)')
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, pattern)
        assert (outcome.status, outcome.faults) == (
            'failed',
            ['gcp: the export has no column cost; nothing was loaded'],
        )
        assert postings(ledger) == []
        assert ledger.query('SELECT status, message FROM runs') == [
            {'status': 'failed', 'message': 'gcp: the export has no column cost; nothing was loaded'}
        ]


def test_a_file_that_is_no_parquet_fails_by_name(tmp_path: Path) -> None:
    (tmp_path / 'rows.parquet').write_text('no', encoding='utf-8')
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, tmp_path / 'rows.parquet')
    assert outcome.status == 'failed'
    assert outcome.faults[0].startswith('gcp: the export cannot be read: ')


# Azure, FOCUS -----------------------------------------------------------------------------------------------------


def focus_row(**changes: Any) -> dict[str, Any]:
    return {
        'BilledCost': '2.5',
        'BillingCurrency': 'AUD',
        'BillingPeriodStart': '2024-03-01T00:00:00Z',
        'ChargeCategory': 'Usage',
        'ChargePeriodStart': '2024-03-04T00:00:00Z',
        'ChargePeriodEnd': '2024-03-05T00:00:00Z',
        'ProviderName': 'Microsoft',
        'ResourceId': '/subscriptions/s-1/resourceGroups/Lantern-Twins/providers/x',
        'ServiceName': 'Storage Accounts',
        'SubAccountId': '/subscriptions/s-1',
        'Tags': '{}',
        **changes,
    }


def write_focus(file: Path, *rows: dict[str, Any]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open('w', encoding='utf-8', newline='') as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def azure_run(
    folder: Path, name: str, submitted: str, *rows: dict[str, Any], period: str = '20240301-20240331'
) -> None:
    part = write_focus(folder / 'daily' / period / name / 'part_0.csv', *rows)
    manifest = {'runInfo': {'submittedTime': submitted}}
    (part.parent / 'manifest.json').write_text(json.dumps(manifest), encoding='utf-8')


def test_a_newer_run_of_a_month_replaces_the_older(tmp_path: Path) -> None:
    given = settings(attribution=attribution(projects={'lantern-twins': 'twins'}))
    folder = tmp_path / 'azure'
    azure_run(folder, 'b-first', '2024-03-05T01:00:00Z', focus_row(), focus_row(), focus_row(BilledCost='7'))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        source = Azure(folder, {'lantern-twins'})
        (first,) = aggregate(ledger, None, source, given=given)
        assert first.status == 'ok', first.faults
        assert by_topic(postings(ledger)) == {'twins': Decimal(12)}
        azure_run(folder, 'a-second', '2024-03-06T01:00:00Z', focus_row(), focus_row(BilledCost='0.5'))
        (second,) = aggregate(ledger, None, source, given=given)
        assert second.status == 'ok', second.faults
        assert by_topic(postings(ledger)) == {'twins': Decimal(3)}
        assert {row['cloud'] for row in postings(ledger)} == {'microsoft'}


def test_a_subscription_pays_for_resource_groups_that_are_nobodys(tmp_path: Path) -> None:
    azure_run(tmp_path, 'a', '2024-03-05', focus_row(ResourceId=''))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(
            ledger, None, Azure(tmp_path, {'s-1'}), given=settings(attribution=attribution(projects={'s-1': 'it'}))
        )
        assert by_topic(postings(ledger)) == {'it': Decimal('2.5')}


def test_a_focus_row_goes_to_the_topic_of_its_tags(tmp_path: Path) -> None:
    file = write_focus(tmp_path / 'k.csv', focus_row(Tags='{"dataset": "twins"}'), focus_row(BilledCost='much'))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, None, Focus(str(file)))
        assert outcome.status == 'ok', outcome.faults
        assert by_topic(postings(ledger)) == {'twins': Decimal('2.5')}
        assert [row['reason'] for row in ledger.query('SELECT reason FROM rejects')] == ['unreadable-amount']


def test_a_file_without_costs_is_refused_with_its_name(tmp_path: Path) -> None:
    file = write_focus(tmp_path / 'k.csv', {'a': '1'})
    with pytest.raises(SourceError, match=r'focus: k\.csv has no column BilledCost, BillingCurrency'):
        [list(reading.lines) for reading in Focus(str(file)).read(MARCH, Notes())]


# ICA --------------------------------------------------------------------------------------------------------------

MARCH = Window(dt.datetime(2024, 3, 4, tzinfo=dt.UTC), dt.datetime(2024, 3, 5, tzinfo=dt.UTC))
HEAD = 'Usage_Id,Usage_Timestamp,Category,SKU,Product,Sub_Tenant_Name,Cost,Metadata\n'
LINE = '17,03/04/2024 05:06:07,Storage,S-1,Standard,,2.0,project: p1|run: r:1\n'


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as started:
        started.answers['/tokens'] = [Answer({'token': 'jwt'})]
        yield started


def ica(service: Service, web: Web) -> Ica:
    return Ica(f'{service.url}/tokens', f'{service.url}/usage', 'lantern', 'secret', web)


def test_usage_is_booked_at_a_dated_rate(service: Service, tmp_path: Path) -> None:
    service.answers['/usage'] = [Answer(HEAD + LINE)]
    with open_ledger(tmp_path / 'l.duckdb') as ledger, Web('ica', first_wait=0.001) as web:
        (outcome,) = aggregate(ledger, None, ica(service, web), start=MARCH.start, end=MARCH.end)
        assert outcome.status == 'ok', outcome.faults
        (row,) = postings(ledger)
    assert (row['line_id'], row['topic'], row['cost_exact'], row['currency'], row['labels']) == (
        'ica-17',
        'ica-illumina',
        Decimal('3.08'),
        'AUD',
        '{"project":"p1","run":"r:1"}',
    )
    token, usage = service.calls
    assert (token.method, token.headers['X-API-Key'], token.body) == ('POST', 'secret', 'tenant=lantern')
    assert (usage.query, usage.headers['Authorization']) == (
        {'StartDate': '2024-03-04', 'EndDate': '2024-03-04'},
        'Bearer jwt',
    )


def test_a_line_without_an_id_is_a_dead_letter(service: Service, tmp_path: Path) -> None:
    service.answers['/usage'] = [Answer(HEAD + LINE.replace('17', '', 1))]
    with open_ledger(tmp_path / 'l.duckdb') as ledger, Web('ica', first_wait=0.001) as web:
        (outcome,) = aggregate(ledger, None, ica(service, web), start=MARCH.start, end=MARCH.end)
        assert outcome.status == 'ok', outcome.faults
        assert by_topic(postings(ledger)) == {'unallocated': Decimal('3.08')}


def test_columns_that_went_fail_by_name_and_the_other_sources_go_on(service: Service, tmp_path: Path) -> None:
    service.answers['/usage'] = [Answer('Usage_Id,Price\n17,2\n')]
    pattern = write_export(tmp_path / 'rows.json', [export_row()])
    with open_ledger(tmp_path / 'l.duckdb') as ledger, Web('ica', first_wait=0.001) as web:
        outcomes = aggregate(
            ledger, pattern, ica(service, web), start=MARCH.start - dt.timedelta(days=9), end=MARCH.end
        )
        assert [(one.source, one.status) for one in outcomes] == [('gcp', 'ok'), ('ica', 'failed')]
        assert outcomes[1].faults == ['ica: the usage of 2024-02-24 has no column cost, usage_timestamp']
        assert by_topic(postings(ledger)) == {'ataxia': Decimal('1.25')}
