"""The database and Python agree on months and on what functions compute."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.months import invoice_month, month_starts
from cpg_infra.plugins.billing_aggregator.ledger.schema import LABELLED


@pytest.fixture(scope='module')
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with open_ledger(tmp_path_factory.mktemp('ledger') / 'l.duckdb') as opened:
        yield opened


def test_month_ends_are_the_same_in_the_database(ledger: Ledger) -> None:
    for year in (2023, 2024):
        for number in range(1, 13):
            start = month_starts(f'{year}{number:02}')
            for moment in (start - dt.timedelta(microseconds=1), start):
                (row,) = ledger.query('SELECT INVOICE_MONTH(@moment) AS month', {'moment': moment})
                assert row['month'] == invoice_month(moment)


@pytest.mark.parametrize(
    ('labels', 'text'),
    [
        ('CAST(NULL AS ARRAY<STRUCT<key STRING, value STRING>>)', '{}'),
        ('CAST([] AS ARRAY<STRUCT<key STRING, value STRING>>)', '{}'),
        ("[STRUCT('a' AS key, 'say \"hi\"' AS value)]", '{"a":"say \\"hi\\""}'),
        ("[STRUCT('a' AS key, CAST(NULL AS STRING) AS value)]", '{"a":null}'),
        ("[STRUCT(CAST(NULL AS STRING) AS key, 'x' AS value)]", '{"":"x"}'),
        ("[STRUCT('a' AS key, 'x' AS value), STRUCT('b' AS key, CAST(NULL AS STRING) AS value)]", '{"a":"x","b":null}'),
        ("[STRUCT('b' AS key, 'x' AS value), STRUCT('a' AS key, 'ü' AS value)]", '{"a":"ü","b":"x"}'),
        ("[STRUCT('a' AS key, 'x' AS value), STRUCT('a' AS key, 'y' AS value)]", '{"a":"x","a":"y"}'),
        (
            "[STRUCT('b' AS key, '1' AS value), STRUCT('c' AS key, '2' AS value), STRUCT('a' AS key, '3' AS value)]",
            '{"a":"3","b":"1","c":"2"}',
        ),
    ],
    ids=[
        'null',
        'none',
        'one',
        'one without a value',
        'one without a key',
        'two',
        'two in no order',
        'two of one key',
        'three',
    ],
)
def test_labels_are_one_json_object_with_sorted_keys(ledger: Ledger, labels: str, text: str) -> None:
    (row,) = ledger.query(f'SELECT LABELS_JSON({labels}) AS labels')
    assert row == {'labels': text}


@pytest.mark.parametrize(
    'number', ['0', '1.5', '-0.000000001', '999999999.999999999', '-1000000000', '99999999999999999999999999999.5']
)
def test_an_exact_number_has_its_decimals_however_large_it_is(ledger: Ledger, number: str) -> None:
    (row,) = ledger.query(f"SELECT NUMERIC_TEXT(CAST('{number}' AS NUMERIC)) AS text")
    assert row == {'text': f'{Decimal(number):.9f}'}


def test_a_label_is_found_by_its_name(ledger: Ledger) -> None:
    (row,) = ledger.query("SELECT LABEL_OF(@labels, 'b-c') AS value", {'labels': '{"b-c":"x"}'})
    assert row == {'value': 'x'}


@pytest.mark.parametrize('spelled', [str, lambda name: name.replace('_', '-')], ids=['underscores', 'dashes'])
def test_labels_become_columns_however_they_are_spelled(ledger: Ledger, spelled: Callable[[str], str]) -> None:
    labels = json.dumps({spelled(name): f'of {name}' for name in LABELLED} | {'another': 'x'})
    (row,) = ledger.query('SELECT LABEL_COLUMNS(@labels) AS columns', {'labels': labels})
    assert row == {'columns': {name: f'of {name}' for name in LABELLED}}
    (row,) = ledger.query("SELECT LABEL_COLUMNS('{}') AS columns")
    assert row == {'columns': dict.fromkeys(LABELLED)}
