"""Rows of a FOCUS file (1.0 to 1.3), CSV or Parquet, as lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb

from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import SETTINGS, quiet, quoted_name, quoted_text
from cpg_infra.plugins.billing_aggregator.sources.lines import amount, fingerprint, labels_json, line, moment
from cpg_infra.plugins.billing_aggregator.sources.source import Line, SourceError

NEEDED: Final = ('BilledCost', 'BillingCurrency', 'ChargePeriodStart', 'ChargePeriodEnd')

_ROWS_TOGETHER: Final = 10_000
_CATEGORIES: Final[Mapping[str, str]] = {'Tax': 'tax', 'Adjustment': 'adjustment', 'Credit': 'adjustment'}

FocusRow = Mapping[str, str | None]


def focus_rows(source: str, files: Sequence[Path]) -> Iterator[FocusRow]:
    """The rows of files, all values as text. Raises `SourceError` for a file that is no FOCUS file."""
    for file in files:
        reader = (
            f'read_parquet({quoted_text(str(file))})'
            if file.suffix == '.parquet'
            else f'read_csv({quoted_text(str(file))}, all_varchar = true, header = true)'
        )
        with quiet(duckdb.connect(config=SETTINGS)) as connection:
            try:
                described = connection.execute(f'DESCRIBE SELECT * FROM {reader}').fetchall()
                names = [str(row[0]) for row in described]
                if missing := [name for name in NEEDED if name not in names]:
                    raise SourceError(source, f'{file.name} has no column {", ".join(missing)}')
                columns = ', '.join(_as_text(str(row[0]), str(row[1])) for row in described)
                cursor = connection.execute(f'SELECT {columns} FROM {reader}')
                while rows := cursor.fetchmany(_ROWS_TOGETHER):
                    for row in rows:
                        yield dict(zip(names, row, strict=True))
            except duckdb.Error as error:
                raise SourceError(source, f'{file.name} cannot be read: {" ".join(str(error).split())}') from error


def focus_lines(
    source: str, scope: str, rows: Iterator[FocusRow], payer_of: Callable[[FocusRow, Mapping[str, object]], str | None]
) -> Iterator[Line]:
    """Lines of rows. Rows that are alike in everything are charges of their own, numbered."""
    seen: dict[str, int] = {}
    for row in rows:
        print_ = fingerprint(*(f'{name}={value}' for name, value in sorted(row.items()) if value is not None))
        number = seen.get(print_, 0)
        seen[print_] = number + 1
        yield _line(source, scope, f'{source}-{scope}-{print_}-{number}', row, payer_of)


def tags_of(row: FocusRow) -> dict[str, object]:
    """The tags of a row; none when they are no JSON object."""
    try:
        found = json.loads(row.get('Tags') or '{}')
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _line(
    source: str,
    scope: str,
    line_id: str,
    row: FocusRow,
    payer_of: Callable[[FocusRow, Mapping[str, object]], str | None],
) -> Line:
    tags = tags_of(row)
    begin, end = moment(row.get('ChargePeriodStart')), moment(row.get('ChargePeriodEnd'))
    period = moment(row.get('BillingPeriodStart'))
    at = end or begin or period
    account = row.get('SubAccountId') or row.get('BillingAccountId')
    return line(
        line_id=line_id,
        source=source,
        scope=scope,
        cloud=(row.get('ProviderName') or row.get('ServiceProviderName') or source).lower(),
        payer=payer_of(row, tags),
        tag=str(tags['dataset']) if tags.get('dataset') else None,
        service={'id': row.get('ServiceName'), 'description': row.get('ServiceName')},
        sku={'id': row.get('SkuId'), 'description': row.get('ChargeDescription') or row.get('SkuId')},
        usage_start_time=begin or at,
        usage_end_time=at or _NOWHEN,
        project={'id': account, 'name': row.get('SubAccountName') or row.get('BillingAccountName')},
        labels=labels_json({}, tags),
        location={'location': row.get('RegionId'), 'region': row.get('RegionId'), 'zone': row.get('AvailabilityZone')},
        export_time=at or _NOWHEN,
        usage={
            'amount': amount(row.get('ConsumedQuantity')),
            'unit': row.get('ConsumedUnit'),
            'amount_in_pricing_units': amount(row.get('PricingQuantity')),
            'pricing_unit': row.get('PricingUnit'),
        },
        cost_type=_CATEGORIES.get(row.get('ChargeCategory') or '', 'regular'),
        amount=amount(row.get('BilledCost')),
        amount_currency=row.get('BillingCurrency') or '',
        month=None if period is None else f'{period:%Y%m}',
        share_time=at,
        fault=None if at is not None and row.get('BillingCurrency') else 'invalid',
    )


_NOWHEN: Final = moment(0)
"""The time of a line that has none: it is a dead letter."""


def _as_text(name: str, kind: str) -> str:
    nested = kind.startswith(('STRUCT', 'MAP')) or kind.endswith('[]')
    text = f'CAST(to_json({quoted_name(name)}) AS VARCHAR)' if nested else f'CAST({quoted_name(name)} AS VARCHAR)'
    return f'{text} AS {quoted_name(name)}'
