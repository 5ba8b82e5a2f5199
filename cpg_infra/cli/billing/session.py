"""A ledger and the sources of a configuration, opened for one command."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cpg_infra.cli.billing.database import opened_ledger
from cpg_infra.cli.billing.progress import Progress
from cpg_infra.config import load
from cpg_infra.config.suggest import did_you_mean
from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked, Outcome, replace_proportions
from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
from cpg_infra.plugins.billing_aggregator.settings import ALIASES, Settings, read_proportions, settings_of
from cpg_infra.plugins.billing_aggregator.sources.configured import google_export, other_sources


@dataclass(frozen=True, slots=True)
class Session:
    """An open ledger with the settings of a folder."""

    ledger: Ledger
    settings: Settings
    aggregation: Aggregation

    def run(self, asked: Asked, source: str | None) -> list[Outcome]:
        """Run it for one source, or for all."""
        if source is None:
            return self.aggregation.run(asked)
        wanted = ALIASES.get(source, (source,))
        if unknown := [name for name in wanted if name not in self.aggregation.sources]:
            near = did_you_mean(unknown[0], self.aggregation.sources)
            known = ', '.join(self.aggregation.sources) or 'none'
            raise InputError(f'--source: no source {unknown[0]!r} is configured ({near or f"configured: {known}"})')
        return self.aggregation.run(asked, only=wanted)


@contextmanager
def session(folder: str, database: str | None, now: dt.datetime) -> Iterator[Session]:
    """Open the ledger of a folder. Raises `ConfigurationError` or `LedgerError`."""
    loaded = load(folder)
    settings = settings_of(Path(folder), loaded.organisation, tuple(loaded.datasets.values()))
    billing = loaded.organisation.billing
    functions = billing.aggregator.functions if billing and billing.aggregator else ()
    rows = read_proportions(settings.proportions) if settings.proportions else None
    with ExitStack() as stack:
        ledger = stack.enter_context(opened_ledger(folder, database, loaded.organisation))
        if rows is not None:
            replace_proportions(ledger.engine, rows)
        engine = ledger.engine
        table = billing.gcp.source_bq_table if billing and billing.gcp else None
        export = google_export(engine, settings, table)
        progress = stack.enter_context(Progress())
        aggregation = Aggregation(
            engine,
            settings,
            now,
            export=export,
            others=other_sources(settings, functions, stack),
            tell=progress,
        )
        yield Session(ledger, settings, aggregation)
