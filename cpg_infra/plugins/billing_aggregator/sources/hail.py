"""Hail Batch: what each job of each completed batch cost, by resource.

Pages come newest first; reading stops at a batch that completed before the window, whatever project it is of. An
empty page is an end like any other. A batch with very many jobs becomes one line per resource; when a threshold
changes, either form replaces the other, because a batch is one scope.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpg_infra.plugins.billing_aggregator.sources.lines import amount, labels_json, line, moment
from cpg_infra.plugins.billing_aggregator.sources.source import Line, Notes, Reading, SourceError, Window
from cpg_infra.plugins.billing_aggregator.sources.web import Web

JOBS_PER_PAGE: Final = 10_000
_NOT_BILLED: Final = 'hail'
"""Hail's own billing project: its cost is in the cloud's bill already."""

_FEE: Final = 'service-fee'
_TEST: Final = '-test'

UNITS: Final[Mapping[str, str]] = {
    'boot-disk': 'mib * msec',
    'compute': 'mcpu * msec',
    'disk': 'mib * msec',
    'ip-fee': 'IP * msec',
    'memory': 'mib * msec',
}
"""Units of resources by the first part of their names."""


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
                yield Reading(str(_number(batch)), self._lines(batch))

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
            fresh = [batch for batch in found if _number(batch) not in seen]
            if not fresh:
                raise SourceError(self.name, 'the service repeats a page of batches')
            for batch in fresh:
                seen.add(_number(batch))
                completed = moment(batch.get('time_completed'))
                if completed is None:
                    raise SourceError(self.name, f'batch {_number(batch)} is completed and has no time of completion')
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
        of = _Batch.of(batch, self._base, self._cloud, self._shared)
        jobs: list[dict[str, Any]] = []
        named = unnamed = 0
        together: dict[str, list[tuple[float | None, float]]] | None = None
        for page in self._jobs(of.number):
            for job in page:
                if (job.get('attributes') or {}).get('name'):
                    named += 1
                else:
                    unnamed += 1
                if together is None and (named > self._thresholds.named or unnamed > self._thresholds.unnamed):
                    together = {}
                    for earlier in jobs:
                        _add(together, earlier)
                    jobs.clear()
                if together is None:
                    jobs.append(job)
                else:
                    _add(together, job)
        if together is None:
            for job in jobs:
                yield from of.lines_of(job)
        else:
            for resource, amounts in sorted(together.items()):
                costs = [cost for cost, _ in amounts]
                total = None if None in costs else math.fsum(cost for cost in costs if cost is not None)
                yield of.line('*', resource, total, math.fsum(usage for _, usage in amounts), {}, named + unnamed)


def _add(together: dict[str, list[tuple[float | None, float]]], job: Mapping[str, Any]) -> None:
    for resource, cost, usage in _resources(job):
        together.setdefault(resource, []).append((cost, usage or 0.0))


def _resources(job: Mapping[str, Any]) -> Iterator[tuple[str, float | None, float | None]]:
    used = job.get('resources') or {}
    for resource, cost in sorted((job.get('cost') or {}).items()):
        if not resource.startswith(_FEE):
            yield resource, amount(cost), amount(used.get(resource))


def _number(batch: Mapping[str, Any]) -> int:
    try:
        return int(batch['id'])
    except (KeyError, TypeError, ValueError):
        raise SourceError('hail', 'a batch has no number') from None


@dataclass(frozen=True, slots=True)
class _Batch:
    number: int
    payer: str
    shared: bool
    cloud: str
    created: dt.datetime
    completed: dt.datetime
    attributes: Mapping[str, Any]
    ours: Mapping[str, object]

    @classmethod
    def of(cls, batch: Mapping[str, Any], base: str, cloud: str, shared: frozenset[str]) -> _Batch:
        number = _number(batch)
        completed = moment(batch.get('time_completed'))
        if completed is None:
            raise SourceError('hail', f'batch {number} has no time of completion')
        payer = str(batch.get('billing_project') or '')
        attributes = {str(key): value for key, value in (batch.get('attributes') or {}).items()}
        ours = {
            'dataset': payer,
            'batch_id': number,
            'batch_name': attributes.pop('name', None),
            'url': f'{base}/batches/{number}',
            'namespace': 'test' if str(batch.get('user', '')).endswith(_TEST) else 'main',
        }
        created = moment(batch.get('time_created')) or completed
        return cls(number, payer, payer in shared, cloud, created, completed, attributes, ours)

    def lines_of(self, job: Mapping[str, Any]) -> Iterator[Line]:
        number = job.get('job_id')
        if not isinstance(number, int):
            raise SourceError('hail', f'a job of batch {self.number} has no number')
        for resource, cost, usage in _resources(job):
            yield self.line(str(number), resource, cost, usage, job.get('attributes') or {}, None)

    def line(
        self,
        job: str,
        resource: str,
        cost: float | None,
        usage: float | None,
        attributes: Mapping[str, Any],
        jobs: int | None,
    ) -> Line:
        theirs = {**self.attributes, **attributes}
        for old, new in (('ar_guid', 'ar-guid'), ('name', 'job_name')):
            if old in theirs:
                theirs[new] = theirs.pop(old)
        tag = theirs.get('dataset') if self.shared else None
        ours = {
            **self.ours,
            'job_id': None if job == '*' else job,
            'batch_resource': resource,
            'jobs': jobs,
            **({'dataset': tag} if tag else {}),
        }
        return line(
            # Numbers hold no `-`, and the resource is the rest: no two lines share an id.
            line_id=f'hail-{self.number}-{job}-{resource}',
            source='hail',
            scope=str(self.number),
            cloud=self.cloud,
            payer=self.payer or None,
            tag=str(tag) if tag else None,
            service={'id': 'hail', 'description': 'Hail compute'},
            sku={'id': f'hail-{resource}', 'description': resource},
            usage_start_time=self.created,
            usage_end_time=self.completed,
            project={'id': self.payer or None, 'name': self.payer or None},
            labels=labels_json(ours, theirs),
            export_time=self.completed,
            usage={'amount': usage, 'unit': UNITS.get(resource.partition('/')[0], resource)},
            amount=cost,
            amount_currency='USD',
            share_time=self.created,
        )
