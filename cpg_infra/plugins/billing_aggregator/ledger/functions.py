"""Functions that models call and that the engines spell differently, each with both spellings.

DuckDB makes them macros when a ledger is opened; on BigQuery a statement that calls one defines it first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema import LABELLED


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its parameters with GoogleSQL types, and its body in both dialects."""

    parameters: tuple[tuple[str, str], ...]
    duckdb: str
    bigquery: str
    meaning: str

    def macro(self, name: str) -> str:
        """The statement that makes it in DuckDB."""
        parameters = ', '.join(parameter for parameter, _ in self.parameters)
        return f'CREATE OR REPLACE TEMP MACRO {name.lower()}({parameters}) AS {self.duckdb}'

    def definition(self, name: str) -> str:
        """The statement that makes it for one script of BigQuery."""
        parameters = ', '.join(f'{parameter} {kind}' for parameter, kind in self.parameters)
        return f'CREATE TEMP FUNCTION {name}({parameters}) AS ({self.bigquery});'


_LABELS = 'ARRAY<STRUCT<key STRING, value STRING>>'
_CREDITS = 'ARRAY<STRUCT<name STRING, amount FLOAT64, full_name STRING, id STRING, type STRING>>'


def _spellings(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((name, name.replace('_', '-'))))


def _paths() -> list[str]:
    return [f'\'$."{spelling}"\'' for name in LABELLED for spelling in _spellings(name)]


def _found() -> Iterator[str]:
    place = itertools.count(1)
    for name in LABELLED:
        yield f"'{name}': coalesce({', '.join(f'found[{next(place)}]' for _ in _spellings(name))})"


def _parsed() -> Iterator[str]:
    for name in LABELLED:
        values = ', '.join(f"LAX_STRING(parsed['{spelling}'])" for spelling in _spellings(name))
        yield f'COALESCE({values}) AS {name}'


FUNCTIONS: Final = {
    'INVOICE_MONTH': Function(
        (('moment', 'TIMESTAMP'),),
        'strftime(CASE WHEN month(moment - INTERVAL 7 HOUR) BETWEEN 4 AND 11 THEN moment - INTERVAL 7 HOUR '
        "ELSE moment - INTERVAL 8 HOUR END, '%Y%m')",
        "FORMAT_TIMESTAMP('%Y%m', CASE WHEN EXTRACT(MONTH FROM TIMESTAMP_SUB(moment, INTERVAL 7 HOUR)) BETWEEN 4 AND 11 "
        'THEN TIMESTAMP_SUB(moment, INTERVAL 7 HOUR) ELSE TIMESTAMP_SUB(moment, INTERVAL 8 HOUR) END)',
        'Invoice month in US Pacific: `months.invoice_month` says why no zone is looked up.',
    ),
    'FINGERPRINT': Function(
        (('content', 'STRING'),), 'sha256(content)', 'TO_HEX(SHA256(content))', 'SHA-256, 64 hexadecimal digits.'
    ),
    'SHORT_FINGERPRINT': Function(
        (('content', 'STRING'),),
        'md5(content)',
        'TO_HEX(MD5(content))',
        'MD5, 32 hexadecimal digits: where two that are alike do no harm.',
    ),
    'FLOAT_TEXT': Function(
        (('number', 'FLOAT64'),),
        "coalesce(printf('%.17g', number), '')",
        "IFNULL(FORMAT('%.17g', number), '')",
        'A float, so that equal text means an equal number; the same text on both engines, as ids are made of it.',
    ),
    'NUMERIC_TEXT': Function(
        (('number', 'NUMERIC'),),
        # An amount of up to 18 digits is a machine word, which becomes text six times as fast.
        "coalesce(CAST(TRY_CAST(number AS DECIMAL(18, 9)) AS VARCHAR), CAST(number AS VARCHAR), '')",
        "IFNULL(FORMAT('%.9f', number), '')",
        'An exact number with its 9 decimals.',
    ),
    'LABELS_JSON': Function(
        (('labels', _LABELS),),
        # Most rows have no label, one, or two in order: those need no list of texts.
        "CASE WHEN labels IS NULL OR len(labels) = 0 THEN '{}' "
        "WHEN len(labels) = 1 THEN CAST(json_object(coalesce(CAST(labels[1].key AS VARCHAR), ''), labels[1].value) AS VARCHAR) "
        'WHEN len(labels) = 2 AND labels[1].key < labels[2].key '
        'THEN CAST(json_object(CAST(labels[1].key AS VARCHAR), labels[1].value, CAST(labels[2].key AS VARCHAR), '
        'labels[2].value) AS VARCHAR) '
        "ELSE concat('{', array_to_string(list_transform(list_sort(labels), lambda label: "
        "concat(to_json(coalesce(label.key, '')), ':', coalesce(to_json(label.value), 'null'))), ','), '}') END",
        "IFNULL((SELECT CONCAT('{', STRING_AGG(CONCAT(TO_JSON_STRING(IFNULL(label.key, '')), ':', "
        "TO_JSON_STRING(label.value)), ',' ORDER BY label.key), '}') FROM UNNEST(labels) AS label), '{}')",
        'Labels as one JSON object with sorted keys.',
    ),
    'LABEL_IN': Function(
        (('labels', _LABELS), ('name', 'STRING')),
        'list_filter(labels, lambda label: label.key = name)[1].value',
        '(SELECT MAX(label.value) FROM UNNEST(labels) AS label WHERE label.key = name)',
        'The value of a label; null when there is none.',
    ),
    'LABEL_OF': Function(
        (('labels', 'STRING'), ('name', 'STRING')),
        "json_extract_string(labels, '$.\"' || name || '\"')",
        'LAX_STRING(PARSE_JSON(labels)[name])',
        'The value of a label in a JSON object; null when there is none.',
    ),
    'LABEL_COLUMNS': Function(
        (('labels', 'STRING'),),
        f'list_transform([json_extract_string(labels, [{", ".join(_paths())}])], lambda found: {{{", ".join(_found())}}})[1]',
        f'(SELECT AS STRUCT {", ".join(_parsed())} FROM (SELECT PARSE_JSON(labels) AS parsed))',
        'The labels that are columns of the extended view, of a JSON object that is read once.',
    ),
    'CREDITS_TOTAL': Function(
        (('credits', _CREDITS),),
        'coalesce(list_sum(list_transform(credits, lambda credit: CAST(credit.amount AS DECIMAL(38, 9)))), 0)',
        'IFNULL((SELECT SUM(CAST(credit.amount AS NUMERIC)) FROM UNNEST(credits) AS credit), 0)',
        'Sum of credits, each rounded to 9 decimals.',
    ),
    'CREDITS_TEXT': Function(
        (('credits', _CREDITS),),
        "coalesce(array_to_string(list_transform(credits, lambda credit: coalesce(to_json(credit.name), 'null') || ' ' || "
        "coalesce(printf('%.17g', credit.amount), '') || ' ' || coalesce(to_json(credit.full_name), 'null') || ' ' || "
        "coalesce(to_json(credit.id), 'null') || ' ' || coalesce(to_json(credit.type), 'null')), ','), '')",
        "IFNULL((SELECT STRING_AGG(CONCAT(TO_JSON_STRING(credit.name), ' ', IFNULL(FORMAT('%.17g', credit.amount), ''), ' ', "
        "TO_JSON_STRING(credit.full_name), ' ', TO_JSON_STRING(credit.id), ' ', TO_JSON_STRING(credit.type)), ',' ORDER BY place) "
        "FROM UNNEST(credits) AS credit WITH OFFSET AS place), '')",
        'Credits in their order, so that equal text means equal credits.',
    ),
    'CREDITS_NEGATED': Function(
        (('credits', _CREDITS),),
        "list_transform(credits, lambda credit: {'name': credit.name, 'amount': -credit.amount, "
        "'full_name': credit.full_name, 'id': credit.id, 'type': credit.type})",
        'ARRAY(SELECT AS STRUCT credit.name AS name, -credit.amount AS amount, credit.full_name AS full_name, credit.id AS id, '
        'credit.type AS type FROM UNNEST(credits) AS credit WITH OFFSET AS place ORDER BY place)',
        'The same credits with the other sign.',
    ),
    'UNITS': Function(
        (('amount', 'NUMERIC'),),
        'CAST(amount * 1000000000 AS BIGINT)',
        'CAST(amount * 1000000000 AS INT64)',
        'An exact amount as a whole number of its smallest units, 1e-9.',
    ),
    'EXACT': Function(
        (('units', 'INT64'),),
        'CAST(CAST(units AS DECIMAL(19, 0)) * CAST(0.000000001 AS DECIMAL(10, 9)) AS DECIMAL(38, 9))',
        "CAST(units AS NUMERIC) * NUMERIC '0.000000001'",
        'The exact amount of a number of units; division would give a float.',
    ),
    'DIGITS': Function(
        (('number', 'FLOAT64'),),
        'CASE WHEN abs(number) > 0 AND abs(number) < 1e30 THEN least(9, 15 - CAST(ceil(log10(abs(number))) AS BIGINT)) ELSE 9 END',
        'CASE WHEN ABS(number) > 0 AND ABS(number) < 1e30 THEN LEAST(9, 15 - CAST(CEIL(LOG10(ABS(number))) AS INT64)) ELSE 9 END',
        'Decimals of a quantity that a float holds exactly: 15 significant digits, at most 9 after the point.',
    ),
    'SCALED': Function(
        (('number', 'FLOAT64'), ('digits', 'INT64')),
        'CASE WHEN abs(number) < 1e30 THEN CAST(round(CASE WHEN digits >= 0 THEN number * pow(10, digits) ELSE number / pow(10, -digits) END) AS BIGINT) ELSE 0 END',
        'CASE WHEN ABS(number) < 1e30 THEN CAST(ROUND(IF(digits >= 0, number * POW(10, digits), number / POW(10, -digits))) AS INT64) ELSE 0 END',
        'A quantity as a whole number of its last decimal.',
    ),
    'UNSCALED': Function(
        (('units', 'INT64'), ('digits', 'INT64')),
        'CASE WHEN digits >= 0 THEN CAST(units AS DOUBLE) / pow(10, digits) ELSE CAST(units AS DOUBLE) * pow(10, -digits) END',
        'IF(digits >= 0, units / POW(10, digits), units * POW(10, -digits))',
        'The quantity of a whole number of last decimals.',
    ),
    'APPORTIONED': Function(
        (('units', 'INT64'), ('weight', 'INT64'), ('total', 'INT64'), ('part', 'INT64')),
        'sign(units) * ((abs(units) // total) * weight + coalesce(part, 0))',
        'SIGN(units) * (DIV(ABS(units), total) * weight + IFNULL(part, 0))',
        'The share of a weight, with its part of what whole rounds leave.',
    ),
}
