"""`cpg-infra plan --parity`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import BETTA, BETTA_FAULT, configuration, plan
from tests.cli.small import FILES


def test_programs_get_every_thing_with_its_place() -> None:
    configuration(FILES)
    report = json.loads(plan('--parity', '--format', 'json', '--dataset', 'alpha').out)
    assert report['clouds']['alpha'] == ['gcp']
    release = next(each for each in report['intents'] if each['intent'] == 'requester-pays')
    assert release['asked'][-1] == {
        'location': 'production.yaml:10:19',
        'of': 'release',
        'origin': '/dataset/alpha/enable_release',
    }
    assert release['on']['azure']['support'] == 'none'


def test_a_report_is_written_to_a_file() -> None:
    configuration(FILES)
    ran = plan('--parity', '--format', 'markdown', '--out', 'parity.md')
    assert (ran.status, ran.out, ran.err) == (0, '', 'parity.md: the parity report\n')
    assert Path('parity.md').read_text(encoding='utf-8').startswith('# Parity: example.org')


def test_a_configuration_with_faults_has_no_report() -> None:
    configuration({'production.yaml': BETTA})
    ran = plan('--parity')
    assert (ran.status, ran.out) == (1, '')
    assert BETTA_FAULT in ran.err


@pytest.mark.parametrize(
    ('options', 'complaint'),
    [
        (('--format', 'markdown'), 'only the parity report is a page'),
        (('--parity', '--cloud', 'gcp'), 'compares the clouds'),
        (('--parity', '--verbose'), 'compares the clouds'),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: tuple[str, ...], complaint: str) -> None:
    configuration(FILES)
    ran = plan(*options)
    assert ran.status == 2
    assert complaint in ran.err
