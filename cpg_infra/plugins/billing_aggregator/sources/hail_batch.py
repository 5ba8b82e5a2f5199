"""What a batch of Hail's jobs becomes: a line for each resource of each job, or, of very many jobs, one per resource."""

from __future__ import annotations

import datetime as dt
import math
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cpg_infra.plugins.billing_aggregator.sources.lines import amount, labels_json, line, moment
from cpg_infra.plugins.billing_aggregator.sources.source import Line, SourceError

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


@dataclass(slots=True)
class _Amounts:
    """Every amount, because floats are summed exactly, which takes all of them at once; 16 bytes a job."""

    costs: array[float] = field(default_factory=lambda: array('d'))
    usages: array[float] = field(default_factory=lambda: array('d'))
    readable: bool = True

    @property
    def cost(self) -> float | None:
        return math.fsum(self.costs) if self.readable else None


@dataclass(slots=True)
class Together:
    """Jobs of a batch, counted and summed by resource."""

    jobs: int = 0
    resources: dict[str, _Amounts] = field(default_factory=dict)

    def add(self, job: Mapping[str, Any]) -> None:
        """Count one more."""
        self.jobs += 1
        for resource, cost, usage in _resources(job):
            amounts = self.resources.get(resource)
            if amounts is None:
                amounts = self.resources[resource] = _Amounts()
            if cost is None:
                amounts.readable = False
            else:
                amounts.costs.append(cost)
            amounts.usages.append(usage or 0.0)


def batch_number(batch: Mapping[str, Any]) -> int:
    """Hail's number of a batch. Raises `SourceError` when it has none."""
    try:
        return int(batch['id'])
    except (KeyError, TypeError, ValueError):
        raise SourceError('hail', 'a batch has no number') from None


@dataclass(frozen=True, slots=True)
class HailBatch:
    """What all lines of a batch say alike. `shared`: its jobs may name the dataset that they worked for."""

    number: int
    payer: str
    shared: bool
    cloud: str
    created: dt.datetime
    completed: dt.datetime
    attributes: Mapping[str, Any]
    ours: Mapping[str, object]

    @classmethod
    def of(cls, batch: Mapping[str, Any], base: str, cloud: str, shared: frozenset[str]) -> HailBatch:
        """From the service's answer. Raises `SourceError` when it has not completed."""
        number = batch_number(batch)
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
        """A line for each resource of a job. Raises `SourceError` for a job without a number."""
        number = job.get('job_id')
        if not isinstance(number, int):
            raise SourceError('hail', f'a job of batch {self.number} has no number')
        theirs = self._attributes(job.get('attributes') or {})
        for resource, cost, usage in _resources(job):
            yield self._line(str(number), resource, cost, usage, theirs, {'job_id': number})

    def lines_together(self, jobs: Together) -> Iterator[Line]:
        """A line for each resource, of all jobs."""
        theirs = self._attributes({})
        for resource, amounts in sorted(jobs.resources.items()):
            yield self._line('*', resource, amounts.cost, math.fsum(amounts.usages), theirs, {'jobs': jobs.jobs})

    def _attributes(self, of_job: Mapping[str, Any]) -> Mapping[str, Any]:
        theirs = {**self.attributes, **of_job}
        for old, new in (('ar_guid', 'ar-guid'), ('name', 'job_name')):
            if old in theirs:
                theirs[new] = theirs.pop(old)
        return theirs

    def _line(
        self,
        job: str,
        resource: str,
        cost: float | None,
        usage: float | None,
        theirs: Mapping[str, Any],
        which: Mapping[str, object],
    ) -> Line:
        tag = theirs.get('dataset') if self.shared else None
        ours = {**self.ours, **which, 'batch_resource': resource, **({'dataset': tag} if tag else {})}
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


def _resources(job: Mapping[str, Any]) -> Iterator[tuple[str, float | None, float | None]]:
    used = job.get('resources') or {}
    for resource, cost in sorted((job.get('cost') or {}).items()):
        if not resource.startswith(_FEE):
            yield resource, amount(cost), amount(used.get(resource))
