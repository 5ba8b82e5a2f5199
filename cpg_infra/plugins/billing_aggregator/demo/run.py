"""The whole pipeline on made-up costs: load, load again, late lines, reconcile, budgets, report, FOCUS.

Everything that happens is told to `say`, a line each. Nothing leaves this machine.
"""

from __future__ import annotations

import datetime as dt
import shlex
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked, Outcome, replace_proportions
from cpg_infra.plugins.billing_aggregator.cost_report import Report, gather, make_report, page, send, text
from cpg_infra.plugins.billing_aggregator.demo.configuration import write_configuration
from cpg_infra.plugins.billing_aggregator.demo.exports import AzureExport, GoogleExport
from cpg_infra.plugins.billing_aggregator.demo.services import DemoServices
from cpg_infra.plugins.billing_aggregator.focus import FileFormat, export_focus
from cpg_infra.plugins.billing_aggregator.focus.export import Accounts
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import DuckDBEngine
from cpg_infra.plugins.billing_aggregator.ledger.months import invoice_month, month_before
from cpg_infra.plugins.billing_aggregator.ledger.reconciling import balances
from cpg_infra.plugins.billing_aggregator.outside import Http, Slack
from cpg_infra.plugins.billing_aggregator.service.configured import Configured, load_configured
from cpg_infra.plugins.billing_aggregator.settings import Settings, read_proportions, settings_of
from cpg_infra.plugins.billing_aggregator.sources.azure import Azure
from cpg_infra.plugins.billing_aggregator.sources.gcp_files import GcpFiles
from cpg_infra.plugins.billing_aggregator.sources.hail import Hail
from cpg_infra.plugins.billing_aggregator.sources.ica import Ica
from cpg_infra.plugins.billing_aggregator.sources.source import Source
from cpg_infra.plugins.billing_aggregator.sources.web import Web
from cpg_infra.plugins.billing_aggregator.tables import configured_budgets, write_budgets, write_month

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """Costs from the first day of the month before last until `now`. `folder` must be empty or absent."""

    folder: Path
    now: dt.datetime
    lines: int = 12_000
    seed: int = 7

    @property
    def first(self) -> dt.date:
        """The first day with costs."""
        month = month_before(f'{self.now:%Y%m}', 2)
        return dt.date(int(month[:4]), int(month[4:]), 1)

    @property
    def last(self) -> dt.date:
        """The last day with costs: yesterday."""
        return self.now.date() - dt.timedelta(days=1)

    def run(self, say: Say) -> bool:
        """Run it; says whether everything reconciles. Raises `LedgerError` when the folder cannot be used."""
        started = time.monotonic()
        self._make_folder()
        with DemoServices(self.first, self.last, self.seed) as services:
            write_configuration(self.folder, services.url, self.first, self.now.date().replace(day=1))
            late = self.now.date() - dt.timedelta(days=2)
            self._write_exports(dt.date.min, late, 'early')
            configured = load_configured({}, str(self.folder))
            settings = settings_of(self.folder, configured.organisation, [*configured.datasets.values()])
            with configured.ledger() as ledger, ExitStack() as stack:
                if settings.proportions is not None:
                    replace_proportions(ledger.engine, read_proportions(settings.proportions))
                steps = _Steps(configured, settings, ledger, services, self.now, say, stack)
                good = steps.load('load what has arrived')
                good &= steps.load('load it again: nothing may be new', nothing=True)
                self._write_exports(late, dt.date.max, 'late')
                good &= steps.load('late lines, corrections, a newer Azure export')
                good &= steps.reconcile()
                steps.budgets()
                steps.month()
                steps.focus(self.folder / 'focus.parquet')
                steps.report(self.folder / 'report.html')
        say(f'all in {time.monotonic() - started:.1f} s; everything is in {self.folder}')
        say(
            f'look at {self.folder / "report.html"}, or go on: cpg-infra billing report {shlex.quote(str(self.folder))} --force'
        )
        return good

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            occupied = any(self.folder.iterdir())
        except OSError as error:
            raise LedgerError(f'{self.folder}: {(error.strerror or str(error)).lower()}') from error
        if occupied:
            raise LedgerError(f'{self.folder}: the folder is not empty; name another one')

    def _write_exports(self, arrived_from: dt.date, arrived_before: dt.date, name: str) -> None:
        (self.folder / 'gcp').mkdir(exist_ok=True)
        with duckdb.connect() as connection:
            GoogleExport(
                self.first,
                self.last,
                lines=self.lines,
                seed=self.seed,
                arrived_from=arrived_from,
                # What arrives after today is not there yet.
                arrived_before=min(arrived_before, self.now.date()),
            ).write(connection, self.folder / 'gcp' / f'{name}.parquet')
            months = sorted({self.first, (self.first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)})
            for month in [*months, self.now.date().replace(day=1)]:
                before = min(self.now.date(), (month.replace(day=28) + dt.timedelta(days=9)).replace(day=4))
                run = before if name == 'late' else before - dt.timedelta(days=3)
                if run > month:
                    AzureExport(month, run, lines=self.lines // 20, seed=self.seed).write(
                        connection, self.folder / 'azure'
                    )


@dataclass(frozen=True, slots=True)
class _Steps:
    configured: Configured
    settings: Settings
    ledger: Ledger
    services: DemoServices
    now: dt.datetime
    say: Say
    stack: ExitStack

    def load(self, title: str, *, nothing: bool = False) -> bool:
        """Aggregate every source; `nothing`: it is a fault when anything changes."""
        started = time.monotonic()
        outcomes = self._aggregation().run(Asked())
        self.say(f'— {title} ({time.monotonic() - started:.1f} s)')
        for outcome in outcomes:
            self.say(f'  {_told(outcome)}')
        changed = sum(one.posted.inserted + one.posted.updated + one.posted.deleted for one in outcomes)
        return all(outcome.status == 'ok' for outcome in outcomes) and not (nothing and changed)

    def _aggregation(self) -> Aggregation:
        engine = self.ledger.engine
        settings, services = self.settings, self.services
        web = {name: self.stack.enter_context(Web(name, first_wait=0.02)) for name in ('hail', 'ica')}
        export = None
        if isinstance(engine, DuckDBEngine) and settings.gcp_files is not None:
            export = GcpFiles(engine, settings.gcp_files)
        others: list[Source] = [
            Hail(services.url, web['hail'], thresholds=settings.thresholds),
            Ica(f'{services.url}/ica/token', f'{services.url}/ica/usage', 'lantern', 'demo-key', web['ica']),
            Azure(self.configured.folder / 'azure', settings.attribution.projects.keys()),
        ]
        return Aggregation(engine, settings, self.now, export=export, others=others)

    def reconcile(self) -> bool:
        """Compare everything with what the sources said."""
        found = balances(self.ledger.engine)
        wrong = [balance for balance in found if not balance.ok]
        said = f'{len(wrong)} do not reconcile' if wrong else 'all reconcile'
        self.say(f'— reconcile: {len(found)} balances of source, month and currency, {said}')
        for balance in wrong:
            self.say(f'  {balance}')
        return bool(found) and not wrong

    def budgets(self) -> None:
        """Today's budgets."""
        rows = configured_budgets(self.configured.organisation, self.configured.datasets)
        self.say(f'— budgets: {write_budgets(self.ledger, rows, self.now)} written for {self.now:%Y-%m-%d}')

    def month(self) -> None:
        """The figures of last month."""
        month = month_before(invoice_month(self.now))
        rows = write_month(self.ledger, month, self.now)
        net = sum((row.net for row in rows), Decimal(0))
        self.say(f'— monthly: {len(rows)} rows for {month}, {net:,.2f} AUD')

    def focus(self, path: Path) -> None:
        """Last month as a FOCUS file."""
        month = month_before(invoice_month(self.now))
        accounts = Accounts(self.configured.account, 'demo')
        done = export_focus(self.ledger, path, month, accounts, self.configured.datasets.keys(), FileFormat.PARQUET)
        sums = '; '.join(f'{amount:,.2f} {currency}' for currency, amount in done.billed.items())
        self.say(f'— focus: {done.rows:,} rows for {month}, {sums} in {path.name}')

    def report(self, path: Path) -> None:
        """The report as text, as a page, and posted."""
        figures = gather(self.ledger, self.now)
        made: Report = make_report(figures, self.configured.known({}), self.now, force=True)
        path.write_text(page(made), encoding='utf-8')
        with Http(endpoints={'https://slack.com': f'{self.services.url}/slack'}, first_wait=0.02) as http:
            posted = send(made, Slack(http, 'demo-token', 'billing-costs'))
        self.say(f'— report: a page in {path.name}, {posted} Slack message{"s" if posted > 1 else ""}, and here:')
        for line in text(made).splitlines():
            self.say(f'  {line}'.rstrip())


def _told(outcome: Outcome) -> str:
    posted = outcome.posted
    said = f'{outcome.source}: {posted.lines:,} lines, {posted.inserted:,} new postings, {posted.updated:,} changed, '
    said += f'{posted.deleted:,} removed; {outcome.status}'
    return '; '.join([said, *outcome.faults])
