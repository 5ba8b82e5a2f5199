from __future__ import annotations

import re

import pytest

from cpg_infra.cli.plan_text import Line, Look, plain
from cpg_infra.cli.plan_text.terminal import painted
from tests.cli.running import configuration, plan
from tests.cli.small import FILES, GOLDEN, TEXTS, without_hash
from tests.config.building import FILES as FULL


@pytest.mark.parametrize('name', TEXTS)
def test_a_small_organisation_reads_as_agreed(name: str) -> None:
    configuration(FILES)
    golden = (GOLDEN / name).read_text(encoding='utf-8')
    assert without_hash(plan(*TEXTS[name]).out) == golden, 'python -m tests.cli.small'


def test_verbose_lists_every_resource_once_and_folds_nothing() -> None:
    import json

    configuration()
    resources = json.loads(plan('--format', 'json').out)['resources']
    lines = plan('--verbose').out.splitlines()
    for resource in resources:
        beginning = f'    {resource["type"]}  {resource["name"]}  {resource["physical"]}'
        found = [line for line in lines if line == beginning or line.startswith(f'{beginning}  (after deployment: ')]
        assert len(found) == 1, beginning


def test_every_thing_of_the_plan_is_named_in_the_text() -> None:
    import json

    configuration()
    out = plan().out
    for asset in json.loads(plan('--format', 'json').out)['access']['assets']:
        if asset['kind'] not in {'account-key', 'secret-version'}:
            assert re.split('[/.]', asset['name'])[-1 if asset['kind'] == 'blob' else 0] in out


def test_a_secret_value_is_never_shown() -> None:
    import json

    configuration()
    shown = [plan(*options).out for options in ((), ('--verbose',))]
    resources = json.loads(plan('--format', 'json').out)['resources']
    values = [resource['inputs'].get('secretData') for resource in resources]
    written = [value for value in values if isinstance(value, str)]
    assert written
    assert all(value not in out for value in written for out in shown)


def test_only_the_datasets_that_were_asked_for_are_shown() -> None:
    configuration()
    headings = [
        line.split()[0]
        for line in plan('--dataset', 'beta', '--dataset', 'alpha').out.splitlines()
        if line[:1].isalpha()
    ]
    assert headings[:2] == ['example.org', 'showing']
    assert [heading for heading in headings if heading in {'alpha', 'beta', 'common', 'organisation'}] == [
        'alpha',
        'beta',
    ]


def test_only_the_cloud_that_was_asked_for_is_shown() -> None:
    configuration(FILES)
    out = plan('--cloud', 'dry-run').out
    assert 'showing only what is on dry-run\n' in out
    assert 'dry-run:bucket' in out
    assert 'gcp:storage/bucket:Bucket' not in out


def test_the_order_of_the_files_keys_changes_nothing() -> None:
    configuration()
    before = plan().out
    entries = re.split(r'(?m)^(?=\w)', FULL['production.yaml'])
    configuration({'production.yaml': ''.join(reversed(entries))})
    # Only places in files may move.
    assert re.sub(r':\d+:\d+', '', plan().out) == re.sub(r':\d+:\d+', '', before)


def test_a_name_cannot_break_a_line_or_steer_the_terminal() -> None:
    line = Line(Look.THING, 1, 'na\nme', 'a \x1b[31mred\u202e rest', 'bucket')
    assert plain([line]) == '  bucket           na\\nme  a \\x1b[31mred\\u202e rest\n'
    assert '\x1b[31m' not in painted([line], 80)


def without_colours(text: str) -> str:
    return re.sub(r'\x1b\[[0-9;]*m', '', text)


def test_a_terminal_shows_the_same_words_with_guides_and_colours() -> None:
    lines = [
        Line(Look.DATASET, 0, 'alpha', 'gcp project lantern-alpha'),
        Line(Look.COMPONENT, 1, 'storage'),
        Line(Look.THING, 2, 'lantern-alpha-main', 'versions', 'bucket'),
        Line(Look.ACCESS, 3, 'read: main-read'),
    ]
    text = painted(lines, 80)
    assert '\x1b[1;32malpha\x1b[0m' in text
    assert without_colours(text) == (
        'alpha  gcp project lantern-alpha\n'
        '│ storage\n'
        '│ │ bucket           lantern-alpha-main  versions\n'
        '│ │ │ read: main-read\n'
    )


def test_a_terminal_wraps_long_lines_under_their_beginning() -> None:
    line = Line(Look.THING, 1, 'analysis:', ', '.join(f'user{number}' for number in range(12)), 'group')
    assert without_colours(painted([line], 60)) == (
        '│ group            analysis: user0, user1, user2, user3,\n'
        '│                  user4, user5, user6, user7, user8, user9,\n'
        '│                  user10, user11\n'
    )
    assert '\n' not in plain([line])[:-1]
