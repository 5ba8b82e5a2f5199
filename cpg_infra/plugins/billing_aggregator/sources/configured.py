"""The sources that a configuration names, made ready to read."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import DuckDBEngine
from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.settings import Settings
from cpg_infra.plugins.billing_aggregator.sources.azure import Azure
from cpg_infra.plugins.billing_aggregator.sources.focus import Focus
from cpg_infra.plugins.billing_aggregator.sources.gcp_files import GcpFiles
from cpg_infra.plugins.billing_aggregator.sources.gcp_table import GcpTable
from cpg_infra.plugins.billing_aggregator.sources.hail import Hail
from cpg_infra.plugins.billing_aggregator.sources.ica import Ica
from cpg_infra.plugins.billing_aggregator.sources.source import Export, Notes, Reading, Source, SourceError, Window
from cpg_infra.plugins.billing_aggregator.sources.web import Web

HAIL_TOKEN: Final = 'HAIL_TOKEN_GCP'
ICA_KEY: Final = 'ICA_API_KEY'
"""Environment variables with secrets; none is ever written down."""

_TOKENS: Final = Path('~/.hail/tokens.json')


class Missing:
    """A source that is wanted and cannot be read; it says why when it is."""

    def __init__(self, name: str, overlap: dt.timedelta, why: str) -> None:
        self.name = name
        self.overlap = overlap
        self._why = why

    def read(self, window: Window, notes: Notes) -> Iterator[Reading]:
        """Raises `SourceError`."""
        raise SourceError(self.name, self._why)


def google_export(engine: Engine, settings: Settings, table: str | None) -> Export | None:
    """The Google export: files beside a ledger in a file, `table` beside one on BigQuery; None where there is none."""
    if isinstance(engine, DuckDBEngine):
        return GcpFiles(engine, settings.gcp_files) if settings.gcp_files is not None else None
    from cpg_infra.plugins.billing_aggregator.ledger.bigquery_engine import BigQueryEngine  # noqa: PLC0415 - an extra

    return GcpTable(engine, table) if isinstance(engine, BigQueryEngine) and table is not None else None


def other_sources(settings: Settings, functions: tuple[str, ...], stack: ExitStack) -> list[Source]:
    """Every source but the Google export. Connections are closed with `stack`."""
    sources: list[Source] = []
    if 'hail' in functions:
        sources.append(_hail(settings, stack))
    if 'ica' in functions:
        sources.append(_ica(settings, stack))
    known = set(settings.attribution.projects)
    if settings.azure_folder is not None:
        sources.append(Azure(settings.azure_folder, known))
    if settings.focus_files is not None:
        sources.append(Focus(settings.focus_files))
    return sources


def _hail(settings: Settings, stack: ExitStack) -> Source:
    token = os.environ.get(HAIL_TOKEN) or _token_of_file()
    if settings.hail_url is None:
        return Missing('hail', Hail.overlap, 'the configuration has no hail.gcp.hail_batch_url')
    if token is None:
        return Missing(
            'hail', Hail.overlap, f'there is no token: set {HAIL_TOKEN}, or write it into {_TOKENS} as `gcp`'
        )
    shared = (one.match for one in settings.attribution.shared if one.source == 'hail')
    web = stack.enter_context(Web('hail', {'Authorization': f'Bearer {token}'}))
    return Hail(settings.hail_url, web, thresholds=settings.thresholds, shared=shared)


def _token_of_file() -> str | None:
    try:
        tokens = json.loads(_TOKENS.expanduser().read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return None
    token = tokens.get('gcp') if isinstance(tokens, dict) else None
    return str(token) if token else None


def _ica(settings: Settings, stack: ExitStack) -> Source:
    key = os.environ.get(ICA_KEY)
    if settings.ica is None:
        return Missing('ica', Ica.overlap, 'the configuration has no billing.aggregator.ica')
    if not key:
        return Missing('ica', Ica.overlap, f'there is no key: set {ICA_KEY}')
    web = stack.enter_context(Web('ica'))
    return Ica(settings.ica.token_url, settings.ica.usage_url, settings.ica.tenant, key, web)
