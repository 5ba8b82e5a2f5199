"""Hail Batch: what each job of each completed batch cost, by resource.

Pages come newest first; reading stops at a batch that completed before the window, whatever project it is of. An
empty page is an end like any other. A batch with very many jobs becomes one line per resource; when a threshold
changes, either form replaces the other, because a batch is one scope.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from cpg_infra.plugins.billing_aggregator.sources.hail_batch import HailBatch, Together, batch_number
from cpg_infra.plugins.billing_aggregator.sources.lines import moment
from cpg_infra.plugins.billing_aggregator.sources.source import Line, Notes, Reading, SourceError, Window
from cpg_infra.plugins.billing_aggregator.sources.web import Web

JOBS_PER_PAGE: Final = 5_000
"""The service allows twice as many; a page is held in memory."""

_NOT_BILLED: Final = 'hail'
"""Hail's own billing project: its cost is in the cloud's bill already."""

_IN_MEMORY: Final = 1024 * 1024
"""Bytes of jobs, as JSON, that are held in memory until it is known in which form they become lines."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """More jobs than this in a batch become one line per resource."""

    unnamed: int = 9_000
    named: int = 50_000


class Hail:
    """A Hail Batch service. `web` carries its token; `shared` are billing projects whose jobs may name a dataset."""

    name = 'hail'
    overlap = dt.timedelta(hours=24)

    def __init__(
        self,
        url: str,
        web: Web,
        *,
        cloud: str = 'gcp',
        thresholds: Thresholds | None = None,
        shared: Iterable[str] = (),
    ) -> None:
        self._base = url.rstrip('/')
        self._api = f'{self._base}/api/v1alpha'
        self._web = web
        self._cloud = cloud
        self._thresholds = thresholds or Thresholds()
        self._shared = frozenset(shared)

    def read(self, window: Window, notes: Notes) -> Iterator[Reading]:
        """Each batch that completed in the window, or each that is asked for."""
        batches = self._asked(window.batches) if window.batches else self._completed(window)
        for batch in batches:
            if batch.get('billing_project') != _NOT_BILLED:
                yield Reading(str(batch_number(batch)), self._lines(batch))

    def _asked(self, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
        for number in numbers:
            batch = self._web.json(f'{self._api}/batches/{number}')
            if moment(batch.get('time_completed')) is None:
                raise SourceError(self.name, f'batch {number} has not completed')
            yield batch

    def _completed(self, window: Window) -> Iterator[dict[str, Any]]:
        mark: object = None
        seen: set[int] = set()
        while True:
            parameters = {} if mark is None else {'last_completed_timestamp': str(mark)}
            page = self._web.json(f'{self._api}/batches/completed', parameters)
            found = page.get('batches')
            if not isinstance(found, list):
                raise SourceError(self.name, 'a page of batches has no list of batches')
            if not found:
                return
            fresh = [batch for batch in found if batch_number(batch) not in seen]
            if not fresh:
                raise SourceError(self.name, 'the service repeats a page of batches')
            for batch in fresh:
                seen.add(batch_number(batch))
                completed = moment(batch.get('time_completed'))
                if completed is None:
                    raise SourceError(
                        self.name, f'batch {batch_number(batch)} is completed and has no time of completion'
                    )
                if completed < window.start:
                    return
                if completed < window.end:
                    yield batch
            mark = page.get('last_completed_timestamp')
            if mark is None:
                return

    def _jobs(self, number: int) -> Iterator[list[dict[str, Any]]]:
        last: int | None = None
        while True:
            parameters = {'limit': str(JOBS_PER_PAGE), **({} if last is None else {'last_job_id': str(last)})}
            page = self._web.json(f'{self._api}/batches/{number}/jobs/resources', parameters)
            jobs = page.get('jobs')
            if not isinstance(jobs, list):
                raise SourceError(self.name, f'a page of jobs of batch {number} has no list of jobs')
            if jobs:
                yield jobs
            following = page.get('last_job_id')
            if following is None:
                return
            if last is not None and int(following) <= last:
                raise SourceError(self.name, f'the service repeats a page of jobs of batch {number}')
            last = int(following)

    def _lines(self, batch: Mapping[str, Any]) -> Iterator[Line]:
        of = HailBatch.of(batch, self._base, self._cloud, self._shared)
        named = unnamed = 0
        together: Together | None = None
        with SpooledTemporaryFile(_IN_MEMORY) as kept:
            for page in self._jobs(of.number):
                with_names = sum(1 for job in page if (job.get('attributes') or {}).get('name'))
                named, unnamed = named + with_names, unnamed + len(page) - with_names
                kept.write(json.dumps(page).encode() + b'\n')
                if together is None and (named > self._thresholds.named or unnamed > self._thresholds.unnamed):
                    together = Together()
                if together is not None:
                    for job in _emptied(kept):
                        together.add(job)
            if together is not None:
                yield from of.lines_together(together)
                return
            for job in _emptied(kept):
                yield from of.lines_of(job)


def _emptied(kept: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The jobs of the pages in a file, which is empty afterwards."""
    kept.seek(0)
    for page in kept:
        yield from json.loads(page)
    kept.seek(0)
    kept.truncate()
