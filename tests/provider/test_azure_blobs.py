"""`cpg:azure:Blob`: written as ourselves, taken over when it is there, deleted only as we wrote it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from cpg_infra.provider.azure_blobs import TEXT
from tests.provider.conftest import settings
from tests.provider.engine import UNKNOWN, Failed, Held, Provider, _plain, _struct, urn
from tests.services import Fault, LocalServices

TYPE = 'cpg:azure:Blob'
CONTENT = 'hush-hush, größer\n'
NEWS = {'account': 'harbourmembers', 'container': 'cache', 'name': 'groups/read all.txt', 'content': CONTENT}
ID = 'harbourmembers/cache/groups/read all.txt'


@pytest.fixture(autouse=True)
def blobs(services: LocalServices) -> dict[str, dict[str, Any]]:
    """The blobs of the container by name."""
    return services.world.container('harbourmembers', 'cache')


def outputs(services: LocalServices, blob: Mapping[str, Any], **changes: str) -> dict[str, str]:
    url = f'{services.url}/blob/harbourmembers/cache/groups/read%20all.txt'
    return {**NEWS, 'contentType': TEXT, 'etag': blob['etag'], 'url': url, **changes}


def test_a_blob_is_written_and_its_content_kept_secret(
    provider: Provider, services: LocalServices, blobs: dict[str, dict[str, Any]]
) -> None:
    held = provider.create(TYPE, NEWS)
    assert blobs == {NEWS['name']: {'content': CONTENT, 'type': TEXT, 'etag': held.outputs['etag']}}
    assert held == Held(TYPE, ID, NEWS, outputs(services, blobs[NEWS['name']]), frozenset({'content'}))
    assert provider.diff(held, NEWS) == {}
    assert provider.read(held) == held
    assert provider.said.lines == []


def test_a_media_type_may_be_asked_for(provider: Provider, blobs: dict[str, dict[str, Any]]) -> None:
    news = {**NEWS, 'contentType': 'application/toml'}
    held = provider.create(TYPE, news)
    assert blobs[NEWS['name']]['type'] == 'application/toml'
    assert provider.read(held) == held
    assert provider.diff(held, NEWS) == {'contentType': 'update'}
    assert provider.update(held, NEWS).outputs['contentType'] == TEXT
    assert blobs[NEWS['name']]['type'] == TEXT


def test_new_content_is_written_over_the_old(provider: Provider, blobs: dict[str, dict[str, Any]]) -> None:
    held = provider.create(TYPE, NEWS)
    news = {**NEWS, 'content': 'ann@example.org\n'}
    assert provider.diff(held, news) == {'content': 'update'}
    assert provider.update(held, news, preview=True).outputs == {**held.outputs, **news, 'etag': UNKNOWN}
    changed = provider.update(held, news)
    assert blobs[NEWS['name']]['content'] == 'ann@example.org\n'
    assert changed.outputs['etag'] == blobs[NEWS['name']]['etag'] != held.outputs['etag']


def test_another_place_is_another_blob(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    for key in ('account', 'container', 'name'):
        assert provider.diff(held, {**NEWS, key: 'another'}) == {key: 'update_replace'}
    provider.configure(**{**settings(services), 'azureBlobUrl': services.blob_url.replace('127.0.0.1', 'localhost')})
    assert provider.diff(held, NEWS) == {'url': 'update'}
    assert provider.update(held, NEWS).outputs['url'].startswith('http://localhost:')


def test_a_preview_makes_no_call_and_knows_the_address(provider: Provider, services: LocalServices) -> None:
    expected = outputs(services, {'etag': UNKNOWN})
    assert provider.create(TYPE, NEWS, preview=True).outputs == expected
    planned = provider.create(TYPE, {**NEWS, 'account': UNKNOWN, 'content': UNKNOWN}, preview=True)
    assert planned.outputs == {**expected, 'account': UNKNOWN, 'content': UNKNOWN, 'url': UNKNOWN}
    assert not services.calls


def test_a_blob_that_exists_is_taken_over_and_that_is_told(
    provider: Provider, services: LocalServices, blobs: dict[str, dict[str, Any]]
) -> None:
    services.world.blob(blobs, NEWS['name'], 'of somebody', 'text/html')
    held = provider.create(TYPE, NEWS)
    assert held.outputs == outputs(services, blobs[NEWS['name']])
    assert (blobs[NEWS['name']]['content'], blobs[NEWS['name']]['type']) == (CONTENT, TEXT)
    assert provider.said.lines == [('info', f'the blob {ID} exists and is written anew')]


def test_a_create_whose_answer_was_lost_is_no_take_over(
    provider: Provider, services: LocalServices, blobs: dict[str, dict[str, Any]]
) -> None:
    services.faults.append(Fault('blob', 'PUT', after=True, drop=True))
    assert provider.create(TYPE, NEWS).outputs == outputs(services, blobs[NEWS['name']])
    assert provider.said.lines == []


def test_drift_is_read_and_repaired(
    provider: Provider, services: LocalServices, blobs: dict[str, dict[str, Any]]
) -> None:
    held = provider.create(TYPE, NEWS)
    services.world.blob(blobs, NEWS['name'], 'drifted', 'text/html')
    found = provider.read(held)
    assert found is not None
    assert found.outputs == outputs(services, blobs[NEWS['name']], content='drifted', contentType='text/html')
    assert found.inputs == {**NEWS, 'content': 'drifted', 'contentType': 'text/html'}
    assert found.secret == {'content'}
    assert provider.diff(found, NEWS) == {'content': 'update', 'contentType': 'update'}
    assert provider.update(found, NEWS).outputs == outputs(services, blobs[NEWS['name']])
    assert blobs[NEWS['name']]['content'] == CONTENT


def test_a_blob_that_is_gone_is_gone(
    provider: Provider, services: LocalServices, blobs: dict[str, dict[str, Any]]
) -> None:
    held = provider.create(TYPE, NEWS)
    blobs.clear()
    assert provider.read(held) is None
    services.world.azure.containers.clear()
    assert provider.read(held) is None, 'and so it is with its container'


@pytest.mark.parametrize(('status', 'body'), [(500, 'broken'), (404, '<html>a proxy</html>'), (403, 'no')])
def test_a_failed_read_is_an_error_never_a_blob_that_is_gone(
    provider: Provider, services: LocalServices, status: int, body: str
) -> None:
    held = provider.create(TYPE, NEWS)
    services.faults.append(Fault('blob', 'GET', times=99, status=status, body=body))
    with pytest.raises(Failed, match=rf'the blob {ID} is not readable: HTTP {status}.*: {body}'):
        provider.read(held)


def test_an_import_needs_the_place_only(provider: Provider) -> None:
    held = provider.create(TYPE, NEWS)
    assert provider.import_(TYPE, ID) == held
    assert provider.import_(TYPE, 'harbourmembers/cache/nothing') is None
    with pytest.raises(Failed, match='cache/x: a blob is named <account>/<container>/<name>'):
        provider.import_(TYPE, 'cache/x')


def test_a_blob_is_deleted_with_its_snapshots_and_twice_is_fine(
    provider: Provider, services: LocalServices, blobs: dict[str, dict[str, Any]]
) -> None:
    held = provider.create(TYPE, NEWS)
    blobs[NEWS['name']]['snapshots'] = 1
    provider.delete(held)
    assert blobs == {}
    provider.delete(held)
    services.world.azure.containers.clear()
    provider.delete(held)
    assert provider.said.lines == []


def test_the_end_of_one_resource_leaves_what_another_has_written(
    provider: Provider, blobs: dict[str, dict[str, Any]]
) -> None:
    held = provider.create(TYPE, NEWS, name='old')
    provider.create(TYPE, NEWS, name='new')
    provider.delete(held)
    assert blobs[NEWS['name']]['content'] == CONTENT
    assert provider.said.of('warning') == [f'the blob {ID} was written since by somebody else, and stays']


def test_a_blob_that_is_not_deleted_is_told(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    services.world.azure.refuses = -1
    with pytest.raises(Failed, match='is not deleted: whoever runs this needs the role Storage Blob Data Contributor'):
        provider.delete(held)


def test_a_new_role_is_waited_for(provider: Provider, services: LocalServices) -> None:
    services.world.azure.refuses = 3
    provider.create(TYPE, NEWS)
    assert (
        provider.said.lines
        == [('status', 'harbourmembers/cache does not let us in yet: a new role takes up to 10 minutes')] * 3
    )


def test_a_role_that_does_not_come_is_named(provider: Provider, services: LocalServices) -> None:
    services.world.azure.refuses = -1
    message = (
        f'the blob {ID} is not written: whoever runs this needs the role Storage Blob Data Contributor, or the '
        r'organisation’s own role MUTATE, on the container; writing waits 0\.5 s for a new one \(cpg:azureRoleTimeout\): '
        r'HTTP 403: AuthorizationPermissionMismatch: This request is not authorized to perform this operation using '
        r'this permission\.$'
    )
    with pytest.raises(Failed, match=message):
        provider.create(TYPE, NEWS)
    services.calls.clear()
    with pytest.raises(Failed, match='MUTATE'):
        provider.create(TYPE, {**NEWS, 'name': 'another'})
    assert len(services.calls) == 1, 'who has waited at a place once does not wait there again'
    services.world.azure.refuses = 0
    provider.create(TYPE, NEWS)


def test_a_stopped_run_does_not_wait_for_a_role(provider: Provider, services: LocalServices) -> None:
    provider.configure(**{**settings(services), 'azureRoleTimeout': '600'})
    services.world.azure.refuses = -1

    def stop() -> None:
        while not services.calls:
            time.sleep(0.01)
        time.sleep(0.1)
        provider.cancel()

    stopping = threading.Thread(target=stop)
    stopping.start()
    with pytest.raises(Failed, match='MUTATE'):
        provider.create(TYPE, NEWS)
    stopping.join()


def test_another_refusal_is_not_waited_out(provider: Provider, services: LocalServices) -> None:
    firewall = {'x-ms-error-code': 'AuthorizationFailure'}
    services.faults.append(Fault('blob', times=99, status=403, body='', headers=firewall))
    with pytest.raises(Failed, match=r'is not written: HTTP 403: AuthorizationFailure$'):
        provider.create(TYPE, NEWS)
    assert len(services.calls) == 1


def test_a_missing_container_is_named(provider: Provider, services: LocalServices) -> None:
    message = (
        r'not written: the account harbourmembers has no container other: HTTP 404: ContainerNotFound: The specified'
    )
    with pytest.raises(Failed, match=message):
        provider.create(TYPE, {**NEWS, 'container': 'other'})


@pytest.mark.parametrize(
    'fault',
    [
        Fault('blob', status=500, body='broken'),
        Fault('blob', status=503, body='', headers={'x-ms-error-code': 'ServerBusy', 'Retry-After': '0.01'}),
        Fault('blob', status=429, body='slow down'),
        Fault('blob', drop=True),
        Fault('blob', delay=0.05),
    ],
    ids=['broken', 'busy', 'throttled', 'dropped', 'slow'],
)
def test_what_passes_is_tried_again(
    provider: Provider, blobs: dict[str, dict[str, Any]], services: LocalServices, fault: Fault
) -> None:
    services.faults.append(fault)
    held = provider.create(TYPE, NEWS)
    assert blobs[NEWS['name']]['content'] == CONTENT
    provider.delete(held)


def test_a_service_that_stays_busy_is_told_in_its_own_words(provider: Provider, services: LocalServices) -> None:
    busy = {'x-ms-error-code': 'ServerBusy'}
    body = '<Error><Code>ServerBusy</Code><Message>The server is busy.\nRequestId:1</Message></Error>'
    services.faults.append(Fault('blob', times=99, status=503, body=body, headers=busy))
    with pytest.raises(Failed, match=r'is not written: HTTP 503 after \d+ tries: ServerBusy: The server is busy\.$'):
        provider.create(TYPE, NEWS)


def test_the_service_is_told_what_the_content_must_amount_to(provider: Provider, services: LocalServices) -> None:
    provider.create(TYPE, NEWS)
    (call,) = services.calls
    assert call['headers']['Content-Md5'] == '6EooLw0i7+in0rjkmTfaDQ=='
    assert call['headers']['X-Ms-Blob-Type'] == 'BlockBlob'


def test_nothing_secret_is_told(provider: Provider, services: LocalServices) -> None:
    repeated = Fault('blob', status=400, body=f'{CONTENT.strip()} sent with azure-token')
    services.faults.append(repeated)
    with pytest.raises(Failed) as failed:
        provider.create(TYPE, {**NEWS, 'content': CONTENT.strip()})
    assert failed.value.message == f'the blob {ID} is not written: HTTP 400: [secret] sent with [secret]'
    services.world.azure.tokens.clear()
    with pytest.raises(Failed, match=r'HTTP 401: InvalidAuthenticationInfo: Server failed .*: \[secret\]$'):
        provider.create(TYPE, NEWS)


def test_content_that_the_program_left_open_is_marked_secret(provider: Provider) -> None:
    answer = provider.stub.Check(provider_pb2.CheckRequest(urn=urn(TYPE), news=_struct(NEWS)))
    assert _plain(answer.inputs) == (NEWS, frozenset({'content'}))
    request = provider_pb2.CheckRequest(urn=urn(TYPE), news=_struct({**NEWS, 'content': UNKNOWN}))
    assert _plain(provider.stub.Check(request).inputs) == ({**NEWS, 'content': UNKNOWN}, frozenset())
    marked = provider_pb2.CheckRequest(urn=urn(TYPE), news=_struct(NEWS, ['content']))
    assert _plain(provider.stub.Check(marked).inputs) == (NEWS, frozenset({'content'}))


def test_what_is_made_of_another_secret_is_secret(provider: Provider) -> None:
    held = provider.create(TYPE, NEWS, secret=['name', 'content'])
    assert held.secret == {'name', 'content', 'etag', 'url'}


def test_faults_of_inputs_have_a_place(provider: Provider) -> None:
    assert provider.check(TYPE, {**NEWS, 'account': 'Harbour', 'container': 'a--b', 'name': 'a/../b/'}) == {
        'account': 'is not 3 to 24 lower-case letters and digits',
        'container': 'is not 3 to 63 lower-case letters, digits and single inner hyphens',
        'name': 'has a part . or .., which would lead to another blob',
    }
    assert provider.check(TYPE, {**NEWS, 'name': 'a/', 'contentType': ''}) == {
        'name': 'ends with a dot or a slash, which the service takes off',
        'contentType': 'is empty',
    }
    assert provider.check(TYPE, {**NEWS, 'name': 'x' * 1025}) == {'name': 'is not 1 to 1024 characters long'}
    assert provider.check(TYPE, {**NEWS, 'content': 1}) == {'content (secret)': 'must be a text'}
    assert provider.check(TYPE, dict.fromkeys(NEWS, UNKNOWN)) == {}
    assert provider.check(TYPE, {**NEWS, 'container': '$web'}) == {}


def test_an_address_of_the_environment_without_the_account_is_told(services: LocalServices) -> None:
    environment = {'CPG_AZURE_BLOB_URL': services.url, 'CPG_AZURE_STORAGE_TOKEN': 'azure-token'}
    with Provider(environment) as provider, pytest.raises(Failed, match=r'cpg:azureBlobUrl: .* has no \{account\}'):
        provider.create(TYPE, NEWS)
    assert not services.calls
