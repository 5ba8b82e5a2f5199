"""Hail Batch over loopback: pages, faults, thresholds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from cpg_infra.plugins.billing_aggregator.sources.hail import Hail, Thresholds
from cpg_infra.plugins.billing_aggregator.sources.source import Line, Notes, SourceError, Window
from cpg_infra.plugins.billing_aggregator.sources.web import Web
from tests.plugins.billing_aggregator.service import Answer, Service

WINDOW = Window(dt.datetime(2024, 3, 4, tzinfo=dt.UTC), dt.datetime(2024, 3, 6, tzinfo=dt.UTC))


def batch(number: int, completed: str = '2024-03-05T10:00:00Z', **changes: object) -> dict[str, Any]:
    return {
        'id': number,
        'billing_project': 'twins',
        'user': 'twins-full',
        'time_created': '2024-03-05T08:00:00Z',
        'time_completed': completed,
        'attributes': {'name': 'align all', 'ar_guid': 'c0ffee'},
        **changes,
    }


def job(number: int, **changes: object) -> dict[str, Any]:
    return {
        'job_id': number,
        'attributes': {'name': f'align {number}', 'dataset': 'stranger'},
        'cost': {'compute/n1/1': 0.5, 'service-fee/1': 9.0},
        'resources': {'compute/n1/1': 120},
        **changes,
    }


def page(*jobs: dict[str, Any], last: int | None = None) -> Answer:
    return Answer({'jobs': list(jobs), **({} if last is None else {'last_job_id': last})})


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as started:
        yield started


def read(
    service: Service, window: Window = WINDOW, thresholds: Thresholds | None = None, shared: tuple[str, ...] = ()
) -> tuple[dict[str, list[Line]], list[str]]:
    notes = Notes()
    with Web('hail', {'Authorization': 'Bearer t'}, timeout=5, first_wait=0.001) as web:
        hail = Hail(service.url, web, thresholds=thresholds, shared=shared)
        return {reading.scope: list(reading.lines) for reading in hail.read(window, notes)}, notes.said


def test_a_line_says_whose_job_it_was_and_fees_are_left_out(service: Service) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [Answer({'batches': [batch(7)]})]
    service.answers['/api/v1alpha/batches/7/jobs/resources'] = [page(job(1))]
    found, _ = read(service)
    (line,) = found['7']
    wanted = ('line_id', 'payer', 'tag', 'amount', 'amount_currency', 'usage_end_time', 'share_time', 'usage')
    assert {name: line[name] for name in wanted} == {
        'line_id': 'hail-7-1-compute/n1/1',
        'payer': 'twins',
        'tag': None,
        'amount': 0.5,
        'amount_currency': 'USD',
        'usage_end_time': dt.datetime(2024, 3, 5, 10, tzinfo=dt.UTC),
        'share_time': dt.datetime(2024, 3, 5, 8, tzinfo=dt.UTC),
        'usage': {'amount': 120.0, 'unit': 'mcpu * msec'},
    }
    assert line['labels'] == (
        '{"ar-guid":"c0ffee","batch_id":"7","batch_name":"align all","batch_resource":"compute/n1/1","dataset":"twins",'
        f'"job_id":"1","job_name":"align 1","namespace":"main","url":"{service.url}/batches/7"}}'
    )


def test_every_resource_of_every_job_has_an_id_of_its_own(service: Service) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [Answer({'batches': [batch(1), batch(11)]})]
    resources = {'compute/a': 0.5, '1-compute/a': 0.5}
    for number in (1, 11):
        service.answers[f'/api/v1alpha/batches/{number}/jobs/resources'] = [
            page(*(job(one, cost=resources, resources=dict.fromkeys(resources, 1)) for one in (1, 11)))
        ]
    found, _ = read(service)
    assert len({line['line_id'] for lines in found.values() for line in lines}) == 8


def test_a_job_of_a_shared_project_names_its_dataset(service: Service) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [Answer({'batches': [batch(7, billing_project='seqr')]})]
    service.answers['/api/v1alpha/batches/7/jobs/resources'] = [page(job(1))]
    found, _ = read(service, shared=('seqr',))
    assert found['7'][0]['tag'] == 'stranger'


def test_pages_are_read_until_a_batch_completed_before_the_window_whoever_paid_it(service: Service) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [
        Answer({'batches': [batch(9, '2024-03-06T01:00:00Z'), batch(8)], 'last_completed_timestamp': 20}),
        Answer({'batches': [batch(7, '2024-03-03T23:00:00Z', billing_project='hail'), batch(6)]}),
    ]
    service.answers['/api/v1alpha/batches/8/jobs/resources'] = [page(job(1), last=1), page(job(2))]
    found, _ = read(service)
    assert {scope: len(lines) for scope, lines in found.items()} == {'8': 2}
    assert [call.query for call in service.calls if call.path.endswith('completed')] == [
        {},
        {'last_completed_timestamp': '20'},
    ]
    assert service.calls[-1].query == {'last_completed_timestamp': '20'}


def test_an_empty_page_is_an_end_like_any_other(service: Service) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [Answer({'batches': []})]
    assert read(service) == ({}, [])


def test_hails_own_batches_cost_nothing_here(service: Service) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [Answer({'batches': [batch(7, billing_project='hail')]})]
    assert read(service) == ({}, [])


def test_a_page_that_repeats_is_reported_with_the_source(service: Service) -> None:
    again = Answer({'batches': [batch(8)], 'last_completed_timestamp': 20})
    service.answers['/api/v1alpha/batches/completed'] = [again, again]
    service.answers['/api/v1alpha/batches/8/jobs/resources'] = [page()]
    with pytest.raises(SourceError, match='hail: the service repeats a page of batches'):
        read(service)


def test_jobs_that_repeat_are_reported_with_the_batch(service: Service) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [Answer({'batches': [batch(8)]})]
    service.answers['/api/v1alpha/batches/8/jobs/resources'] = [page(job(1), last=1), page(job(1), last=1)]
    with pytest.raises(SourceError, match='hail: the service repeats a page of jobs of batch 8'):
        read(service)


def test_passing_faults_are_tried_again_and_lasting_ones_are_named(service: Service) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [Answer({}, 503), Answer({}, 429), Answer({'batches': []})]
    assert read(service) == ({}, [])
    service.answers['/api/v1alpha/batches/completed'] = [Answer({}, 500)] * 5
    with pytest.raises(SourceError, match=r'hail: .*/batches/completed: HTTP 500 after 5 tries'):
        read(service)
    service.answers['/api/v1alpha/batches/completed'] = [Answer('who are you?', 401)]
    with pytest.raises(SourceError, match=r'hail: .*/batches/completed: HTTP 401 who are you'):
        read(service)


@pytest.mark.parametrize(('thresholds', 'count'), [(Thresholds(3, 3), 3), (Thresholds(3, 2), 1)])
def test_very_many_jobs_become_one_line_per_resource(service: Service, thresholds: Thresholds, count: int) -> None:
    service.answers['/api/v1alpha/batches/completed'] = [Answer({'batches': [batch(7)]})]
    service.answers['/api/v1alpha/batches/7/jobs/resources'] = [page(job(1), job(2), last=2), page(job(3))]
    found, _ = read(service, thresholds=thresholds)
    assert len(found['7']) == count
    assert sum(float(str(line['amount'])) for line in found['7']) == 1.5


def test_only_the_batches_that_are_asked_for_are_read(service: Service) -> None:
    service.answers['/api/v1alpha/batches/5'] = [Answer(batch(5, '2020-01-01T00:00:00Z'))]
    service.answers['/api/v1alpha/batches/5/jobs/resources'] = [page(job(1))]
    found, _ = read(service, Window(WINDOW.start, WINDOW.end, (5,)))
    assert list(found) == ['5']
