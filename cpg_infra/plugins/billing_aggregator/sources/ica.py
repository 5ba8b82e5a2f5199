"""Illumina Connected Analytics: a token, then one CSV of usage per day.

Costs are in credits of the platform, converted by dated rates of the configuration.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from typing import Final

from cpg_infra.plugins.billing_aggregator.sources.lines import amount, fingerprint, labels_json, line, moment
from cpg_infra.plugins.billing_aggregator.sources.source import Line, Notes, Reading, SourceError, Window
from cpg_infra.plugins.billing_aggregator.sources.web import Web

CURRENCY: Final = 'iCredit'
"""What the platform counts in."""

TOPIC: Final = 'ica-illumina'
NEEDED: Final = frozenset({'usage_id', 'usage_timestamp', 'cost'})
KNOWN: Final = NEEDED | {'category', 'sku', 'product', 'sub_tenant_name', 'metadata'}

_WRITTEN_AS: Final = '%m/%d/%Y %H:%M:%S'


class Ica:
    """The platform's usage service. `key` is the API key; it is sent to `token_url` only."""

    name = 'ica'
    overlap = dt.timedelta(days=7)

    def __init__(self, token_url: str, usage_url: str, tenant: str, key: str, web: Web) -> None:
        self._token_url = token_url
        self._usage_url = usage_url
        self._tenant = tenant
        self._key = key
        self._web = web

    def read(self, window: Window, notes: Notes) -> Iterator[Reading]:
        """Each day of the window; a day without usage is a reading without lines."""
        token = self._token()
        day = window.start.date()
        while day <= (window.end - dt.timedelta(microseconds=1)).date():
            response = self._web.send(
                'GET',
                self._usage_url,
                {'StartDate': day.isoformat(), 'EndDate': day.isoformat()},
                headers={'Accept': 'text/csv', 'Authorization': f'Bearer {token}'},
            )
            yield Reading(day.isoformat(), self._lines(response.text, day, notes))
            day += dt.timedelta(days=1)

    def _token(self) -> str:
        response = self._web.send(
            'POST',
            self._token_url,
            headers={'Accept': 'application/vnd.illumina.v3+json', 'X-API-Key': self._key},
            form={'tenant': self._tenant},
        )
        try:
            token = response.json()['token']
        except (ValueError, KeyError, TypeError):
            raise SourceError(self.name, 'the answer for a token has none') from None
        return str(token)

    def _lines(self, text: str, day: dt.date, notes: Notes) -> Iterator[Line]:
        reader = csv.DictReader(io.StringIO(text))
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        if not columns:
            return
        if missing := sorted(NEEDED - set(columns)):
            raise SourceError(self.name, f'the usage of {day} has no column {", ".join(missing)}')
        for name in sorted(set(columns) - KNOWN):
            notes.add(f'ica: the usage has a new column {name}; it is left out')
        reader.fieldnames = columns
        for row in reader:
            yield _line(row, day)


def _line(row: Mapping[str, str | None], day: dt.date) -> Line:
    used = _used_at(row.get('usage_timestamp') or '')
    number = (row.get('usage_id') or '').strip()
    at = used or dt.datetime.combine(day, dt.time(), dt.UTC)
    tenant = (row.get('sub_tenant_name') or '').strip() or None
    storage = row.get('category') == 'Storage'
    return line(
        line_id=f'ica-{number}' if number else f'ica-row-{fingerprint(*sorted((k, v) for k, v in row.items()))}',
        source='ica',
        scope=day.isoformat(),
        cloud='ica',
        payer=tenant or TOPIC,
        service={'id': row.get('sku'), 'description': 'Cloud Storage' if storage else 'Compute Engine'},
        sku={'id': row.get('sku'), 'description': row.get('product')},
        usage_start_time=at,
        usage_end_time=at,
        project={'id': tenant, 'name': tenant},
        labels=labels_json({}, _labels(row.get('metadata') or '')),
        export_time=at,
        amount=amount(row.get('cost')),
        amount_currency=CURRENCY,
        share_time=at,
        fault=None if number and used else 'invalid',
    )


def _used_at(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text.strip(), _WRITTEN_AS).replace(tzinfo=dt.UTC)
    except ValueError:
        return moment(text) if text.strip() else None


def _labels(text: str) -> dict[str, str]:
    pairs = (pair.partition(':') for pair in text.split('|'))
    return {key.strip(): value.strip() for key, colon, value in pairs if colon and key.strip()}
