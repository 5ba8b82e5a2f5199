"""What is not to be deployed is not, and whatever is left out is said."""

from __future__ import annotations

import pytest

from cpg_infra.config.diagnostics import Diagnostic, Severity, dataset_path
from cpg_infra.engine.emit import emit
from cpg_infra.engine.refused import PlanRefusedError
from cpg_infra.plan import DanglingReferenceError, Ref
from tests.engine.building import plan, resource
from tests.engine.programs import Recording, run

DRY = 'dry-run:bucket'


def test_a_plan_with_errors_is_refused_with_every_reason_before_anything_is_registered(preview: bool) -> None:
    recording = Recording()
    faults = [
        Diagnostic('bucket-name', 'the name is too long', dataset_path('alpha', 'dataset')),
        Diagnostic('bucket-name', 'the name is too short', dataset_path('beta', 'dataset')),
        Diagnostic('old', 'this is old', dataset_path('beta'), Severity.WARNING),
    ]
    the_plan = plan(resource('a'), diagnostics=faults)
    with pytest.raises(PlanRefusedError) as refused:
        run(lambda: emit(the_plan), preview=preview, recording=recording)
    assert str(refused.value).splitlines() == [
        'alpha.dataset: the name is too long',
        'beta.dataset: the name is too short',
    ]
    assert recording.resources == {}


def test_warnings_and_remarks_go_to_the_log_and_stop_nothing(preview: bool) -> None:
    remarks = [
        Diagnostic('old', 'this is old', dataset_path('beta'), Severity.WARNING),
        Diagnostic('note', 'this is new', dataset_path('beta'), Severity.INFO),
    ]
    recording = run(lambda: emit(plan(resource('a'), diagnostics=remarks)), preview=preview)
    assert recording.log == [('warning', str(remarks[0])), ('info', str(remarks[1]))]
    assert list(recording.resources) == ['a']


def test_a_dry_run_is_counted_and_not_registered(preview: bool) -> None:
    recording = run(
        lambda: emit(
            plan(
                resource('real', depends_on=['paper']),
                resource('paper', type=DRY),
                resource('more-paper', {'x': Ref('paper', 'id')}, type=DRY),
                outputs={'on-paper': Ref('paper', 'id'), 'real': Ref('real', 'urn')},
            )
        ),
        preview=preview,
    )
    assert list(recording.resources) == ['real']
    assert recording.resources['real'].dependencies == frozenset()
    assert list(recording.outputs) == ['real']
    assert recording.logged('info') == ['dry run: 2 resources and 1 stack outputs are planned, not registered']


def test_without_a_dry_run_nothing_is_said(preview: bool) -> None:
    recording = run(lambda: emit(plan(resource('a'))), preview=preview)
    assert recording.log == []
    assert list(recording.resources) == ['a']


def test_a_real_resource_cannot_read_what_exists_on_paper_only(preview: bool) -> None:
    recording = Recording()
    the_plan = plan(resource('real', {'x': Ref('paper', 'id')}), resource('paper', type=DRY))
    with pytest.raises(DanglingReferenceError, match='real needs paper, which is not registered'):
        run(lambda: emit(the_plan), preview=preview, recording=recording)
    assert recording.resources == {}
