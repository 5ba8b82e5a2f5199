from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cpg_infra.plugins.billing_aggregator.focus import COLUMNS, MANDATORY, FileFormat, export_focus
from cpg_infra.plugins.billing_aggregator.focus.catalogue import SERVICES
from cpg_infra.plugins.billing_aggregator.focus.columns import SERVICE_CATEGORIES
from cpg_infra.plugins.billing_aggregator.focus.export import Accounts, Exported
from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from tests.plugins.billing_aggregator.building import proportions, set_proportions
from tests.plugins.billing_aggregator.focus.reading import read
from tests.plugins.billing_aggregator.postings import book, posting

ACCOUNTS = Accounts('0A1B2C-3D4E5F-6A7B8C', 'tenant-7')
FIRST = dt.datetime(2026, 11, 1)  # noqa: DTZ001 - as read without its zone

TYPES = {
    'String': {'VARCHAR'},
    'JSON': {'VARCHAR'},
    'Date/Time': {'TIMESTAMP WITH TIME ZONE'},
    'Decimal': {'DECIMAL(38,9)', 'DOUBLE'},
}


def export(ledger: Ledger, path: Path, form: FileFormat = FileFormat.PARQUET) -> Exported:
    return export_focus(ledger, path, '202611', ACCOUNTS, ('alpha', 'beta'), form)


def month(ledger: Ledger) -> None:
    """One posting of every kind, and one of another month."""
    book(
        ledger,
        posting('alpha', '10.000000001', credit='-2', labels='{"batch_id":"42","stage":"align"}'),
        posting('alpha', '5', credit='-1.5', credit_type='PROMOTION', service='Cloud Storage'),
        posting('admin', '3.3', project=None, cost_type='tax', service='Invoice'),
        posting('alpha', '-0.7', cost_type='adjustment'),
        posting('admin', '-0.01', project=None, cost_type='rounding_error', service='Invoice'),
        posting('hail', '9', project='lantern-hail'),
        posting('beta', '4', source='hail', project='beta-jobs'),
        posting('hail', '-4', source='hail', entry='credit', project='beta-jobs'),
        posting('seqr', '6', line_id='shared'),
        posting('seqr', '-6', line_id='shared', entry='reversal', rule='compute'),
        posting('alpha', '2', line_id='shared', entry='split', rule='compute'),
        posting('beta', '4', line_id='shared', entry='split', rule='compute'),
        posting('beta', '8.5', cloud='azure', source='azure', currency='USD', service='Virtual Machines'),
        posting('alpha', '1000', month='202610'),
    )


def test_every_column_is_there_with_its_type_and_no_null_where_none_may_be(ledger: Ledger, tmp_path: Path) -> None:
    month(ledger)
    export(ledger, tmp_path / 'focus.parquet')
    rows = read(tmp_path / 'focus.parquet')
    assert [*rows[0]] == [column.name for column in COLUMNS]
    assert set(MANDATORY) <= set(rows[0])
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE FROM '{tmp_path}/focus.parquet'").fetchall()
    types = {name: kind for name, kind, *_ in described}
    for column in COLUMNS:
        values = [row[column.name] for row in rows]
        if column.null == 'set':
            assert None not in values, column.name
        if column.values:
            assert {value for value in values if value is not None} <= column.values, column.name
        assert types[column.name] in TYPES[column.type], column.name
    assert all(isinstance(row['BilledCost'], Decimal) for row in rows)


def test_what_is_billed_sums_to_the_net_cost_of_the_month(ledger: Ledger, tmp_path: Path) -> None:
    month(ledger)
    exported = export(ledger, tmp_path / 'focus.parquet')
    rows = read(tmp_path / 'focus.parquet')
    for key, column in (('currency', 'BillingCurrency'), ('topic', 'x_Topic')):
        booked = ledger.query(
            f'SELECT {key} AS k, SUM(cost_exact + credits_exact) AS net FROM ledger '
            "WHERE ledger.invoice.month = '202611' GROUP BY k"
        )
        billed: dict[str, Decimal] = {}
        for row in rows:
            billed[row[column]] = billed.get(row[column], Decimal(0)) + row['BilledCost']
        assert billed == {row['k']: row['net'] for row in booked}
    assert exported == Exported(14, {'AUD': Decimal('29.090000001'), 'USD': Decimal('8.5')})


def one(rows: list[dict[str, Any]], **wanted: object) -> dict[str, Any]:
    (found,) = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    return found


def test_discounts_lower_their_charge_and_grants_are_charges_of_their_own(ledger: Ledger, tmp_path: Path) -> None:
    month(ledger)
    export(ledger, tmp_path / 'focus.parquet')
    rows = read(tmp_path / 'focus.parquet')
    discounted = one(rows, x_BatchId='42')
    assert [discounted[name] for name in ('ListCost', 'ContractedCost', 'BilledCost', 'EffectiveCost')] == [
        Decimal('10.000000001'), Decimal('10.000000001'), Decimal('8.000000001'), Decimal('8.000000001'),
    ]  # fmt: skip
    assert json.loads(discounted['Tags']) == {'batch_id': '42', 'stage': 'align'}
    stored = one(rows, ServiceName='Cloud Storage', ChargeCategory='Usage')
    granted = one(rows, ServiceName='Cloud Storage', ChargeCategory='Credit')
    assert (stored['BilledCost'], granted['BilledCost'], granted['PricingQuantity']) == (
        Decimal(5),
        Decimal('-1.5'),
        None,
    )


def test_charges_are_named_as_the_specification_does(ledger: Ledger, tmp_path: Path) -> None:
    month(ledger)
    export(ledger, tmp_path / 'focus.parquet')
    rows = read(tmp_path / 'focus.parquet')
    tax = one(rows, ChargeCategory='Tax')
    assert [tax[name] for name in ('PricingQuantity', 'HostProviderName', 'ServiceProviderName', 'SubAccountId')] == [
        None, 'Not Applicable', 'Google Cloud', None,
    ]  # fmt: skip
    assert one(rows, ChargeClass='Correction')['ChargeCategory'] == 'Adjustment'
    azure = one(rows, BillingCurrency='USD')
    assert (azure['BillingAccountId'], azure['ServiceProviderName'], azure['ServiceCategory']) == (
        'tenant-7', 'Microsoft', 'Compute',
    )  # fmt: skip
    assert {(row['BillingPeriodStart'], row['BillingPeriodEnd']) for row in rows} == {
        (FIRST, FIRST + dt.timedelta(days=30))
    }


def test_splits_say_how_and_to_whom(ledger: Ledger, tmp_path: Path) -> None:
    month(ledger)
    export(ledger, tmp_path / 'focus.parquet')
    allocated = sorted(
        (
            row['AllocatedMethodId'],
            row['AllocatedResourceId'] or '',
            row['x_Topic'],
            row['x_Dataset'],
            row['BilledCost'],
        )
        for row in read(tmp_path / 'focus.parquet')
        if row['AllocatedMethodId'] is not None
    )
    assert allocated == [
        ('compute', '', 'seqr', None, Decimal(-6)),
        ('compute', 'alpha', 'alpha', 'alpha', Decimal(2)),
        ('compute', 'beta', 'beta', 'beta', Decimal(4)),
        ('hail-batch', '', 'hail', None, Decimal(-4)),
        ('hail-batch', 'beta', 'beta', 'beta', Decimal(4)),
    ]


def details(rows: list[dict[str, Any]], **wanted: object) -> dict[str, Any] | None:
    said = one(rows, **wanted)['AllocatedMethodDetails']
    return None if said is None else json.loads(said)


def test_an_allocated_charge_says_its_part_of_the_origin_and_what_that_was_measured_by(
    ledger: Ledger, tmp_path: Path
) -> None:
    month(ledger)
    weights = (('alpha', 1), ('beta', 2))
    set_proportions(ledger, [row for topic, weight in weights for row in proportions({topic: weight}, 'compute')])
    ledger.execute("UPDATE ledger SET rule = 'shared-compute', map_version = 'v1' WHERE entry = 'split'")
    export(ledger, tmp_path / 'focus.parquet')
    rows = read(tmp_path / 'focus.parquet')
    for topic, ratio, weight in (('alpha', 2 / 6, 1), ('beta', 4 / 6, 2)):
        assert details(rows, x_Entry='split', x_Topic=topic) == {
            'Elements': [{'AllocatedRatio': ratio, 'UsageUnit': 'Weight', 'UsageQuantity': weight}],
            'x_MapVersion': 'v1',
        }
    assert details(rows, x_Topic='beta', AllocatedMethodId='hail-batch') == {
        'Elements': [{'AllocatedRatio': 1, 'UsageUnit': 'seconds', 'UsageQuantity': 3600}]
    }
    for entry in ('reversal', 'credit'):
        assert details(rows, x_Entry=entry) is None
    assert {row['AllocatedMethodDetails'] for row in rows if row['AllocatedMethodId'] is None} == {None}


def test_the_parts_of_an_origin_are_one_whatever_is_granted_or_costs_nothing(ledger: Ledger, tmp_path: Path) -> None:
    def shares(line: str, *costs: tuple[str, str, str, float]) -> None:
        book(
            ledger,
            *(
                posting(topic, cost, line_id=line, entry=entry, rule='shared-label', credit=credit or None,
                        credit_type='PROMOTION', usage={'amount': amount, 'unit': 'hour'})
                for entry, topic, cost, credit, amount in [
                    ('charge', 'seqr', '0' if line == 'free' else '1', '-0.3' if line == 'granted' else '', 12.0),
                    ('reversal', 'seqr', '0' if line == 'free' else '-1', '0.3' if line == 'granted' else '', -12.0),
                    *(('split', topic, cost, credit, amount) for topic, cost, credit, amount in costs),
                ]
            ),
        )  # fmt: skip

    shares('granted', ('alpha', '0.333333333', '-0.1', 4.0), ('beta', '0.666666667', '-0.2', 8.0))
    shares('free', ('alpha', '0', '', 3.0), ('beta', '0', '', 9.0))
    export(ledger, tmp_path / 'focus.parquet')
    ratios: dict[object, list[float]] = {}
    for row in read(tmp_path / 'focus.parquet'):
        if row['AllocatedMethodDetails'] is not None:
            (element,) = json.loads(row['AllocatedMethodDetails'])['Elements']
            assert set(element) == {'AllocatedRatio'}
            key = (row['ChargeCategory'], bool(row['ListCost']))
            ratios.setdefault(key, []).append(element['AllocatedRatio'])
    assert {key: sorted(found) for key, found in ratios.items()} == {
        ('Usage', True): [0.333333333, 0.666666667],
        ('Credit', True): [1 / 3, 2 / 3],
        ('Usage', False): [0.25, 0.75],
    }


def test_a_job_that_is_shared_again_is_allocated_to_its_shares_only(ledger: Ledger, tmp_path: Path) -> None:
    book(
        ledger,
        *(
            posting(topic, cost, line_id='job', source='hail', entry=entry, rule='shared-compute')
            for entry, topic, cost in (
                ('charge', 'seqr', '3'), ('credit', 'hail', '-3'), ('reversal', 'seqr', '-3'), ('split', 'alpha', '3'),
            )
        ),
    )  # fmt: skip
    export(ledger, tmp_path / 'focus.parquet')
    rows = read(tmp_path / 'focus.parquet')
    assert {row['AllocatedMethodId'] for row in rows} == {'hail-batch'}
    assert [row['x_Entry'] for row in rows if row['AllocatedResourceId']] == ['split']
    assert details(rows, x_Entry='split') == {'Elements': [{'AllocatedRatio': 1}]}


def test_allocated_tags_have_a_prefix_of_ours_and_are_there_with_a_resource(ledger: Ledger, tmp_path: Path) -> None:
    month(ledger)
    book(ledger, posting('overhead', '1', source='hail'))
    export(ledger, tmp_path / 'focus.parquet')
    rows = read(tmp_path / 'focus.parquet')
    assert json.loads(one(rows, x_Entry='split', x_Topic='alpha')['AllocatedTags']) == {
        'cpg-infra/dataset': 'alpha',
        'cpg-infra/topic': 'alpha',
    }
    assert json.loads(one(rows, x_Topic='overhead')['AllocatedTags']) == {'cpg-infra/topic': 'overhead'}
    for row in rows:
        assert (row['AllocatedTags'] is None) is (row['AllocatedResourceId'] is None)


def test_csv_has_the_same_rows_with_times_in_utc(ledger: Ledger, tmp_path: Path) -> None:
    month(ledger)
    export(ledger, tmp_path / 'focus.parquet')
    export(ledger, tmp_path / 'focus.csv', FileFormat.CSV)
    with (tmp_path / 'focus.csv').open(encoding='utf-8', newline='') as stream:
        written = [*csv.DictReader(stream)]
    rows = read(tmp_path / 'focus.parquet')
    assert [Decimal(row['BilledCost']) for row in written] == [row['BilledCost'] for row in rows]
    assert written[0]['BillingPeriodStart'] == '2026-11-01T00:00:00Z'
    assert {len(row['ChargePeriodStart']) for row in written} == {20}


def test_a_month_without_postings_is_a_file_without_rows(ledger: Ledger, tmp_path: Path) -> None:
    assert export(ledger, tmp_path / 'focus.parquet') == Exported(0, {})
    assert read(tmp_path / 'focus.parquet') == []


def test_the_table_of_columns_is_consistent() -> None:
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert set(SERVICES.values()) <= SERVICE_CATEGORIES
    assert all(column.name.startswith('x_') for column in COLUMNS if column.level == 'ours')


@pytest.mark.parametrize('name', ["it's.parquet", 'a b.parquet'])
def test_any_name_of_a_file_will_do(ledger: Ledger, tmp_path: Path, name: str) -> None:
    export(ledger, tmp_path / name)
    assert (tmp_path / name).stat().st_size
