"""The pipeline: each source is read, booked, reconciled and only then marked as read.

A source that fails is reported with its name and the others go on. What a source has booked stays: the next run
reads its window again and finds most of it in place.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from cpg_infra.plugins.billing_aggregator.adoption import stage_month
from cpg_infra.plugins.billing_aggregator.differing import Told, differences_of, with_topics
from cpg_infra.plugins.billing_aggregator.ledger.conflicts import again_on_conflict
from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.faults import LeaseLostError
from cpg_infra.plugins.billing_aggregator.ledger.leases import LeaseTakenError, release, renew, take
from cpg_infra.plugins.billing_aggregator.ledger.merging import merge_rows
from cpg_infra.plugins.billing_aggregator.ledger.months import months_between
from cpg_infra.plugins.billing_aggregator.ledger.posting import Posted, Run, TopicChange, combined, post, spanned
from cpg_infra.plugins.billing_aggregator.ledger.reconciling import (
    Balance,
    TopicDifference,
    balances,
    record,
    uneven_lines,
)
from cpg_infra.plugins.billing_aggregator.ledger.refreshing import refresh
from cpg_infra.plugins.billing_aggregator.ledger.runs import (
    booked_until,
    ended_well,
    move_watermark,
    new_run_id,
    open_from,
    rejected_scopes,
    watermark,
    write_run,
)
from cpg_infra.plugins.billing_aggregator.ledger.schema import PROPORTIONS
from cpg_infra.plugins.billing_aggregator.loading import keep, load_days, load_kept, repriced, together
from cpg_infra.plugins.billing_aggregator.settings import Settings
from cpg_infra.plugins.billing_aggregator.sources.source import Export, Notes, Source, SourceError, Window

Command = Literal['aggregate', 'backfill', 'retry', 'adopt']
Tell = Callable[[str, int, int], None]
"""Hears of progress: what is being done, steps done and in all (0: unknown)."""

BATCHED: Final = ('hail',)
"""Sources that have batches; who asks for some asks for nothing of the others."""

WEEK: Final = dt.timedelta(days=7)
FIRST_WINDOW: Final = dt.timedelta(days=60)
"""How far back a source without a watermark is read; the export is read from its first day."""


@dataclass(slots=True)
class Outcome:
    """What came of one source."""

    source: str
    status: Literal['ok', 'unreconciled', 'failed'] = 'ok'
    posted: Posted = field(default_factory=Posted)
    faults: list[str] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    whole: bool = False
    """As much was read as once a week."""
    balances: list[Balance] = field(default_factory=list)
    told: list[TopicChange] = field(default_factory=list)
    """Of each load, what it would make of its lines; a dry run and a take-over say so."""
    differences: list[TopicDifference] = field(default_factory=list)
    uneven: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, posted: Posted) -> None:
        """Count another load."""
        total = self.posted
        self.posted = Posted(
            total.lines + posted.lines,
            total.inserted + posted.inserted,
            total.updated + posted.updated,
            total.deleted + posted.deleted,
            total.rejected + posted.rejected,
            total.frozen + posted.frozen,
            months=spanned(total.months, posted.months),
        )
        self.told += posted.changes

    @property
    def changes(self) -> list[TopicChange]:
        """What changes in all, per invoice month, topic and currency."""
        return combined(self.told)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for. Without `start` each source goes on from its watermark."""

    command: Command = 'aggregate'
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    batches: tuple[int, ...] = ()
    reopen: bool = False
    resume: bool = False
    dry: bool = False


def _silent(what: str, done: int, total: int) -> None:
    pass


class Aggregation:
    """A run over several sources. `export` is the Google export, `others` are kept line by line."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        now: dt.datetime,
        *,
        export: Export | None = None,
        others: Sequence[Source] = (),
        tell: Tell | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._now = now
        self._clock = clock
        self._begun = clock()
        self._export = export
        self._others = {source.name: source for source in others}
        self._tell = tell or _silent

    @property
    def _later(self) -> dt.datetime:
        """What `now` has become: windows and months are those of the beginning, leases are held while time passes."""
        return self._now + dt.timedelta(seconds=self._clock() - self._begun)

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources; the export first, because it brings the rates."""
        return (*(['gcp'] if self._export else []), *self._others)

    def run(self, asked: Asked, only: Collection[str] | None = None) -> list[Outcome]:
        """Aggregate every source, or only some. Raises `LedgerError` for what is wrong with the ledger itself."""
        run_id = new_run_id(self._now)
        self._settings.attribution.stage(self._engine)
        outcomes = [
            self._source(name, asked, run_id)
            for name in self.sources
            if (only is None or name in only) and (not asked.batches or name in BATCHED)
        ]
        if asked.command == 'adopt' and all(one.status != 'failed' for one in outcomes):
            outcomes = self._adopt(asked, run_id, outcomes)
        if not asked.dry:
            refresh(self._engine, lambda done, total: self._tell('views', done, total))
            if any(outcome.whole for outcome in outcomes):
                self._engine.tidy()
        return outcomes

    def _source(self, name: str, asked: Asked, run_id: str) -> Outcome:
        outcome = Outcome(name)
        try:
            lease = take(self._engine, name, run_id, self._later)
        except LeaseTakenError as error:
            outcome.status = 'failed'
            outcome.faults.append(str(error))
            return outcome
        row: dict[str, object] = {
            'run_id': run_id,
            'source': name,
            'command': asked.command,
            'started_at': self._now,
            'status': 'running',
        }
        try:
            if not asked.dry:
                write_run(self._engine, row)
            run = Run(run_id, lease, self._now, self._open_from(asked), asked.dry)
            mark = self._gcp(asked, run, outcome, row) if name == 'gcp' else self._other(name, asked, run, outcome, row)
            if not asked.dry and asked.command != 'adopt':
                mark = mark if self._moves(name, asked) else None
                self._settle(outcome, run_id, mark, run.open_from)
        except (SourceError, LeaseLostError) as error:
            outcome.status = 'failed'
            outcome.faults.append(str(error))
        finally:
            release(self._engine, lease)
        if not asked.dry:
            posted = outcome.posted
            row |= {
                'ended_at': self._later,
                'status': outcome.status,
                'lines': posted.lines,
                'inserted': posted.inserted,
                'updated': posted.updated,
                'deleted': posted.deleted,
                'rejected': posted.rejected,
                'message': '\n'.join([*outcome.faults, *outcome.notes.said]) or None,
            }
            write_run(self._engine, row)
        return outcome

    def _open_from(self, asked: Asked) -> str:
        return '' if asked.reopen else open_from(self._now, self._settings.windows.closed_after)

    def _window(self, name: str, overlap: dt.timedelta, asked: Asked, first: dt.datetime) -> Window:
        end = asked.end or self._now
        if asked.start is not None or asked.batches:
            return Window(asked.start or first, end, asked.batches)
        before = watermark(self._engine, name)
        if before is None:
            return Window(first, end, whole=True)
        mark = dt.datetime.fromisoformat(before.mark).replace(tzinfo=dt.UTC)
        whole = before.read_whole_at is None or self._now - before.read_whole_at >= WEEK
        return Window(mark - max(overlap, self._settings.windows.weekly if whole else overlap), end, whole=whole)

    def _gcp(self, asked: Asked, run: Run, outcome: Outcome, row: dict[str, object]) -> tuple[str, bool] | None:
        export = self._export
        if export is None:
            raise SourceError('gcp', 'it is not configured')
        export.check(outcome.notes)
        if asked.command == 'adopt':
            return None
        overlap = self._settings.windows.overlaps.get('gcp', dt.timedelta(days=3))
        window = self._window('gcp', overlap, asked, dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
        outcome.whole = window.whole
        first, last = window.start.date(), (window.end - dt.timedelta(microseconds=1)).date()
        if asked.resume and (booked := booked_until(self._engine, 'gcp', first.isoformat())):
            first = dt.date.fromisoformat(booked) + dt.timedelta(days=1)
        row |= {'window_start': window.start.date().isoformat(), 'window_end': None}
        days = export.days(first, last)
        if asked.command == 'retry':
            wanted = rejected_scopes(self._engine, 'gcp')
            days = [day for day in days if day.day.isoformat() in wanted]
        done = 0
        for group in together(days):
            renew(self._engine, run.lease, self._later)
            posted = load_days(self._engine, export, group[0].day, group[-1].day, self._settings.attribution, run)
            outcome.add(posted)
            self._check_lines('gcp', posted, outcome, run)
            row['window_end'] = group[-1].day.isoformat()
            if not asked.dry:
                write_run(self._engine, row)
            done += len(group)
            self._tell('gcp', done, len(days))
        row['window_end'] = last.isoformat()
        return (days[-1].day.isoformat(), window.whole) if days and asked.command != 'retry' else None

    def _other(
        self, name: str, asked: Asked, run: Run, outcome: Outcome, row: dict[str, object]
    ) -> tuple[str, bool] | None:
        source = self._others[name]
        overlap = self._settings.windows.overlaps.get(name, source.overlap)
        window = self._window(name, overlap, asked, self._now - FIRST_WINDOW)
        outcome.whole = window.whole
        row |= {'window_start': window.start.isoformat(), 'window_end': window.end.isoformat()}
        done = 0
        if asked.command == 'retry':
            self._post(name, rejected_scopes(self._engine, name), run, outcome)
            return None
        if asked.command == 'aggregate' and not asked.batches and not asked.dry:
            self._post(name, repriced(self._engine, name, self._settings.pricing.currency), run, outcome)
        readings = source.read(window, outcome.notes)
        dry = asked.dry and asked.command != 'adopt'
        while scopes := keep(self._engine, name, readings, outcome.notes, dry=dry):
            renew(self._engine, run.lease, self._later)
            if asked.command != 'adopt':
                self._post(name, scopes, run, outcome)
            done += len(scopes)
            self._tell(name, done, 0)
        return None if asked.batches else (window.end.replace(tzinfo=None).isoformat(), window.whole)

    def _adopt(self, asked: Asked, run_id: str, read: list[Outcome]) -> list[Outcome]:
        """Replace the rows of no run, one invoice month and statement after the other, by postings of all sources."""
        outcome = Outcome('take-over')
        outcome.notes = Notes([note for one in read for note in one.notes.said])
        leases = [take(self._engine, name, run_id, self._later) for name in self.sources]
        try:
            months = months_between(asked.start or self._now, asked.end or self._now)
            for done, month in enumerate(months, start=1):
                stage_month(self._engine, self._export, month, self._now, self._settings, run_id)
                run = Run(run_id, leases[0], self._now, '', asked.dry)
                outcome.add(post(self._engine, run, bounded=False, adopted=month))
                for lease in leases:
                    renew(self._engine, lease, self._later)
                self._tell('take-over', done, len(months))
        finally:
            for lease in leases:
                release(self._engine, lease)
        if not asked.dry:
            self._reconcile(outcome, balances(self._engine), run_id, self._open_from(asked))
        return [outcome]

    def _post(self, name: str, scopes: Sequence[str], run: Run, outcome: Outcome) -> None:
        if not scopes:
            return
        settings = self._settings
        for posted in load_kept(self._engine, name, scopes, settings.attribution, settings.pricing, run):
            outcome.add(posted)
            self._check_lines(name, posted, outcome, run)
            renew(self._engine, run.lease, self._later)

    def _check_lines(self, name: str, posted: Posted, outcome: Outcome, run: Run) -> None:
        if run.dry:
            return
        for (month, currency), count in uneven_lines(self._engine, posted.touched).items():
            key = (name, month, currency)
            outcome.uneven[key] = outcome.uneven.get(key, 0) + count

    def _moves(self, name: str, asked: Asked) -> bool:
        """Whether the window joins what was read before: a watermark that jumps over unread days would lose them."""
        if asked.start is None:
            return True
        before = watermark(self._engine, name)
        if before is None:
            # Whoever fills an empty ledger says where its history begins.
            return asked.command == 'backfill'
        return asked.start <= dt.datetime.fromisoformat(before.mark).replace(tzinfo=dt.UTC)

    def _settle(self, outcome: Outcome, run_id: str, mark: tuple[str, bool] | None, open_from: str) -> None:
        """Reconcile; only then move the watermark.

        The months that were read are reconciled. All there are, once a week, and after a run that nobody knows the end
        of or that did not reconcile: what it booked may be in other months.
        """
        months = outcome.posted.months
        everything = outcome.whole or not ended_well(self._engine, outcome.source, run_id)
        if everything or months is not None:
            found = balances(
                self._engine,
                source=outcome.source,
                months=None if everything else months,
                uneven=outcome.uneven,
            )
            self._reconcile(outcome, found, run_id, open_from)
        if outcome.status == 'ok' and mark is not None:
            move_watermark(self._engine, outcome.source, mark[0], run_id, self._now, whole=mark[1])

    def _reconcile(self, outcome: Outcome, found: Sequence[Balance], run_id: str, open_from: str) -> None:
        """Keep the balances; of those that do not hold, say which topics differ."""
        wrong = [balance for balance in found if not balance.ok]
        told = Told(self._export, self._settings, open_from)
        named = with_topics(self._engine, wrong, told) if wrong else []
        complete = iter(named)
        outcome.balances = [balance if balance.ok else next(complete) for balance in found]
        record(self._engine, outcome.balances, run_id, self._now)
        if wrong:
            outcome.status = 'unreconciled'
            outcome.faults += [str(balance) for balance in named]
            outcome.differences = differences_of(named)
            for note in filter(None, (balance.note for balance in named)):
                outcome.notes.add(note)


def replace_proportions(engine: Engine, rows: Sequence[Mapping[str, object]]) -> None:
    """The proportions are these from now on."""
    engine.stage_rows('new_proportions', PROPORTIONS.columns, rows)
    _write_proportions(engine)


@again_on_conflict
def _write_proportions(engine: Engine) -> None:
    with engine.transaction():
        engine.execute('DELETE FROM proportions WHERE TRUE')
        engine.execute(merge_rows(PROPORTIONS, 'SELECT * FROM new_proportions'))
