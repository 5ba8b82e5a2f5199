"""What a person reads of a run, and what a program does."""

from __future__ import annotations

import json
from collections import Counter

from cpg_infra.cli.running.report import Telling, as_plain, report_text
from cpg_infra.cli.running.telling import LogLines
from cpg_infra.engine.automation.failures import EngineError
from cpg_infra.engine.automation.outcome import Complaint
from cpg_infra.engine.automation.run import Report, StackReport, Status
from tests.engine.automation.building import BUCKET, MEMBERS, outcome, step, urn

LOOK = Telling(looked_only=True)
PERSON = step('update', MEMBERS, 'm', {'group': 'g', 'members': ['ana']}, {'group': 'g', 'members': ['bao']})


def test_a_preview_shows_each_step_and_the_people_in_it() -> None:
    steps = (PERSON, step('create', BUCKET, 'b', None, {}), step('delete', BUCKET, 'c', {}, retain=True))
    report = Report((StackReport('prod', Status.PREVIEWED, outcome(*steps, done=Counter(same=1200))),))
    assert report_text(report, LOOK) == (
        'prod: 1 to create, 1 to update, 1 to delete, 1,200 unchanged\n'
        '  + create  b\n'
        '  - delete  c (stays in the cloud)\n'
        '  ~ update  m: + bao, - ana\n'
    )


def test_a_replacement_is_one_step() -> None:
    steps = [step(op, BUCKET, 'b', {}, {}) for op in ('create-replacement', 'replace', 'delete-replaced')]
    report = Report((StackReport('prod', Status.DONE, outcome(*steps, seconds=61.4)),))
    assert report_text(report, Telling()) == 'prod: 1 replaced in 61 s\n'


def test_a_failure_says_what_failed_what_did_not_run_and_what_to_do() -> None:
    failed = outcome(
        complaints=[Complaint('error', 'no such\nproject', urn(BUCKET, 'b'))], error=EngineError('1 resource failed')
    )
    report = Report(
        (
            StackReport('prod-foundation', Status.DONE, outcome(PERSON, seconds=2)),
            StackReport('prod-alpha-gcp', Status.FAILED, failed),
            StackReport('prod-common-gcp', Status.NOT_RUN, why='it comes after alpha-gcp'),
        )
    )
    assert report_text(report, Telling()) == (
        'prod-foundation: 1 updated in 2 s\n'
        'prod-alpha-gcp: failed: 1 resource failed\n'
        '  b: no such\n'
        '    project\n'
        'prod-common-gcp: not run (it comes after alpha-gcp)\n'
        '\n'
        '1 stack done. Mend the cause and run the same command again: what is done stays done.\n'
    )
    assert not report.is_sound
    assert report.has_changes


def test_drift_is_told_in_its_own_words() -> None:
    steps = (step('update', BUCKET, 'b', changed=('labels',)), step('delete', BUCKET, 'c'))
    report = Report((StackReport('prod', Status.PREVIEWED, outcome(*steps)),))
    assert report_text(report, Telling(looked_only=True, drift=True)) == (
        'prod: 1 changed by hand, 1 missing in the cloud\n  ~ changed by hand b: labels\n  - missing in the cloud c\n'
    )


def test_refusals_close_the_report() -> None:
    report = Report((StackReport('prod', Status.PREVIEWED, outcome(PERSON)),), refusals=('too much',))
    assert report_text(report, LOOK).endswith('\n\nWould be refused:\n  too much\n')
    assert report_text(report, Telling()).endswith('\n\nRefused, nothing was changed:\n  too much\n')


def test_a_program_reads_counts_and_errors_and_no_value() -> None:
    failed = outcome(PERSON, seconds=1.26, error=EngineError('1 resource failed', 'failed'))
    plain = as_plain(Report((StackReport('prod', Status.FAILED, failed),)))
    assert plain['stacks'] == [
        {
            'stack': 'prod',
            'status': 'failed',
            'steps': {'update': 1},
            'seconds': 1.3,
            'error': '1 resource failed',
            'kind': 'failed',
            'errors': [],
        }
    ]
    assert 'bao' not in json.dumps(plain)


def test_a_log_has_a_line_for_each_change_that_is_made() -> None:
    log = LogLines()
    begin = {'event': 'phase', 'stack': 'prod', 'operation': 'up', 'resources': 3, 'looks': False}
    assert log._line(begin) == 'prod: up, 3 resources'
    done = {'event': 'done', 'stack': 'prod', 'urn': urn(BUCKET, 'b'), 'keys': []}
    assert log._line({**done, 'op': 'same'}) == ''
    assert log._line({**done, 'op': 'create'}) == 'prod: 2/3 created b'
    warning = {'event': 'diagnostic', 'stack': 'prod', 'severity': 'warning', 'urn': '', 'message': 'careful'}
    assert log._line(warning) == 'warning: prod: careful'
