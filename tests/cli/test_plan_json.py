from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cpg_infra.cli.plan_json import pointer
from tests.cli.running import DATE, FOLDER, configuration, plan, run
from tests.cli.small import FILES


def parsed(*options: str) -> Any:
    ran = plan('--format', 'json', *options)
    assert ran.status == 0
    assert ran.out.endswith('}\n')
    assert ran.out.count('\n') == 1
    return json.loads(ran.out)


def test_the_json_is_the_canonical_plan_with_its_hash_and_locations() -> None:
    import datetime as dt
    import hashlib

    from cpg_infra.config import load
    from cpg_infra.driver import Infrastructure

    loaded = load(configuration())
    made = Infrastructure(loaded.organisation, loaded.datasets, date=dt.date.fromisoformat(DATE)).plan()
    out = plan('--format', 'json').out
    assert list(json.loads(out)) == ['hash', 'locations', 'access', 'diagnostics', 'format', 'outputs', 'resources']
    assert out.rstrip().endswith(made.canonical_bytes().decode()[1:])
    assert parsed()['hash'] == hashlib.sha256(made.canonical_bytes()).hexdigest() == made.hash


def test_every_origin_has_its_place_in_the_configuration_folder() -> None:
    folder = configuration(FILES)
    whole = parsed()
    origins = [
        intent['origin'] for family, intents in whole['access'].items() if family != 'principals' for intent in intents
    ]
    wanted = {pointer(tuple(origin)) for origin in (*origins, *(remark['path'] for remark in whole['diagnostics']))}
    assert set(whole['locations']) == wanted
    assert whole['locations']['/dataset/alpha/members/tmp-main-read-access/bao'] == 'alpha/members.yaml:3:5'
    for place in whole['locations'].values():
        file, line, column = place.split(':')
        assert int(column) <= len((folder / file).read_text(encoding='utf-8').splitlines()[int(line) - 1]) + 1


def test_a_pointer_tells_steps_apart_that_hold_slashes() -> None:
    assert pointer(('dataset', 'a/b', 'c~d', 0)) == '/dataset/a~1b/c~0d/0'


def test_what_the_folder_is_called_changes_nothing(current_folder: Path) -> None:
    configuration()
    configuration(folder='elsewhere')
    outs = {
        run('plan', where, '--format', 'json', '--date', DATE).out
        for where in (FOLDER, './elsewhere/', str(current_folder / FOLDER))
    }
    assert len(outs) == 1


def test_a_part_is_complete_in_itself_and_keeps_the_hash_of_the_whole() -> None:
    configuration()
    whole, part = parsed(), parsed('--dataset', 'beta')
    assert part['hash'] == whole['hash']
    assert {resource['owner'][0] for resource in part['resources']} == {'beta'}
    access = part['access']
    assets = {asset['key'] for asset in access['assets']}
    groups = {group['key'] for group in access['groups']}
    principals = {principal['key'] for principal in access['principals']}
    for grant in (*access['grants'], *access['entitlements']):
        assert grant['asset'] in assets
        assert grant['principal'] in principals
    for membership in access['memberships']:
        assert membership['group'] in groups
        assert membership['member'] in principals
    known = (
        assets
        | groups
        | {intent['key'] for family in ('memberships', 'grants', 'entitlements') for intent in access[family]}
    )
    assert {intent for resource in part['resources'] for intent in resource['intents']} <= known


def test_a_part_holds_whom_others_let_in() -> None:
    configuration()
    memberships = parsed('--dataset', 'beta')['access']['memberships']
    # Alpha depends on beta, so alpha declared this.
    assert 'gcp:group:beta-analysis|gcp:group:alpha-analysis' in {membership['key'] for membership in memberships}


def test_remarks_are_beside_the_json_and_in_it() -> None:
    configuration(FILES)
    ran = plan('--format', 'json')
    assert f'{FOLDER}/alpha/members.yaml:8:5: warning: ' in ran.err
    assert 'expired-membership' in {remark['code'] for remark in json.loads(ran.out)['diagnostics']}
