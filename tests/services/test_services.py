"""The stand-ins themselves: started by a person, shared by processes, and as strict as what they stand for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.services import Fault, LocalServices, World
from tests.services.__main__ import environment
from tests.services.exchange import Request

ROOT = Path(__file__).parents[2]
GROUP = 'readers@groups.example.org'
BEARER = {'Authorization': 'Bearer google-token'}


@pytest.fixture
def services() -> Iterator[LocalServices]:
    with LocalServices() as running:
        yield running


def client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers=BEARER, trust_env=False)


def test_one_command_serves_and_says_how_to_be_found(tmp_path: Path) -> None:
    state = tmp_path / 'state.json'
    command = [sys.executable, '-m', 'tests.services', '--port', '0', '--state', str(state)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        endpoints = json.loads(process.stdout.readline().partition("'")[2].rpartition("'")[0])
        with client(endpoints['https://cloudidentity.googleapis.com']) as identity:
            identity.post('/v1/groups', json={'groupKey': {'id': GROUP}})
            group = identity.get('/v1/groups:lookup', params={'groupKey.id': GROUP}).json()['name']
            body = {'preferredMemberKey': {'id': 'ann@example.org'}, 'roles': [{'name': 'MEMBER'}]}
            assert identity.post(f'/v1/{group}/memberships', json=body).json()['done']
    finally:
        process.kill()
        process.communicate()
    with LocalServices(file=state) as again:
        assert again.world.members(GROUP) == {'ann@example.org'}


def test_another_process_may_read_the_calls_and_script_faults(services: LocalServices) -> None:
    with client(services.url) as control:
        control.post('/control/faults', json=Fault('project', status=503).as_dict())
        assert control.get('/metamist/api/v1/project/all').status_code == 503
        assert control.get('/metamist/api/v1/project/all').status_code == 401
        assert [call['status'] for call in control.get('/control/calls').json()] == [503, 401]
        world = World()
        world.group(GROUP)
        control.put('/control/world', json=world.as_dict())
        assert control.get('/control/world').json() == world.as_dict()
        assert services.world.members(GROUP) == set()
        assert control.get('/control/endpoints').json() == services.endpoints()
    assert environment(services)[0].startswith('export CPG_ENDPOINTS=')


def test_a_look_up_makes_no_group(services: LocalServices) -> None:
    with client(services.url) as identity:
        assert identity.get('/identity/v1/groups:lookup', params={'groupKey.id': GROUP}).status_code == 404
    assert services.world.google.groups == {}


def test_groups_are_those_that_another_double_made_and_go_with_them() -> None:
    there = {GROUP}
    with LocalServices(group_exists=there.__contains__) as services, client(services.url) as identity:
        asked = [identity.get('/identity/v1/groups:lookup', params={'groupKey.id': GROUP}).status_code]
        services.world.member(next(iter(services.world.google.groups)), 'ann@example.org')
        there.clear()
        asked.append(identity.get('/identity/v1/groups:lookup', params={'groupKey.id': GROUP}).status_code)
        there.add(GROUP)
        asked.append(identity.get('/identity/v1/groups:lookup', params={'groupKey.id': GROUP}).status_code)
        assert asked == [200, 404, 200]
        assert services.world.members(GROUP) == set()


def test_writes_to_one_group_that_cross_are_aborted(services: LocalServices) -> None:
    group = services.world.group(GROUP)
    path = f'/v1/{group}/memberships'

    def write(address: str) -> int:
        body = {'preferredMemberKey': {'id': address}, 'roles': [{'name': 'MEMBER'}]}
        with client(services.url) as identity:
            return identity.post(f'/identity{path}', json=body).status_code

    another = services.identity.begin(Request('POST', path, {}, {}))
    assert write('ann@example.org') == 409
    services.identity.end(another)
    assert write('ann@example.org') == 200


def test_a_blob_needs_what_the_service_asks_for(services: LocalServices) -> None:
    services.world.container('harbour', 'cache')
    url = f'{services.blob_url.format(account="harbour")}/cache/a'
    usual = {'Authorization': 'Bearer azure-token', 'x-ms-version': '2024-11-04', 'x-ms-date': 'today'}
    block = {**usual, 'x-ms-blob-type': 'BlockBlob'}
    with httpx.Client(trust_env=False) as client:

        def code(headers: dict[str, str]) -> str:
            return str(client.put(url, headers=headers, content='text').headers.get('x-ms-error-code', 'none'))

        assert code({**block, 'x-ms-version': '2016-05-31'}) == 'InvalidHeaderValue'
        assert code({**block, 'Authorization': 'Bearer another'}) == 'InvalidAuthenticationInfo'
        assert code(usual) == 'MissingRequiredHeader'
        assert code({**block, 'Content-MD5': 'AAAA'}) == 'Md5Mismatch'
        assert code({**block, 'If-None-Match': '*'}) == 'none'
        assert code({**block, 'If-None-Match': '*'}) == 'BlobAlreadyExists'
        found = client.get(url, headers=usual)
        assert (found.text, found.headers['ETag']) == ('text', '"0x1"')
        deleting = {**usual, 'If-Match': '"0x0"'}
        assert client.delete(url, headers=deleting).headers['x-ms-error-code'] == 'ConditionNotMet'
