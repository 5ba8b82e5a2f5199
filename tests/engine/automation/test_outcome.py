"""What is gathered of the engine's events, and what a listener is told of them."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.automation.events import EngineEvent

from cpg_infra.engine.automation.outcome import Gathering, Told
from tests.engine.automation.building import BUCKET, urn


def metadata(op: str, type_: str = BUCKET, name: str = 'b', **more: Any) -> dict[str, Any]:
    def side(inputs: dict[str, Any]) -> dict[str, Any]:
        return {'type': type_, 'urn': urn(type_, name), 'id': '', 'parent': '', 'provider': '', 'inputs': inputs}

    sides: dict[str, Any] = {key: side(more.pop(key)) for key in ('old', 'new') if key in more}
    return {'op': op, 'urn': urn(type_, name), 'type': type_, 'provider': '', **sides, **more}


def event(**kind: Any) -> EngineEvent:
    return EngineEvent.from_json({'sequence': 1, 'timestamp': 1, **kind})


def said(severity: str, message: str, **more: Any) -> EngineEvent:
    return event(diagnosticEvent={'severity': severity, 'message': message, 'color': '', **more})


def gathered(*events: EngineEvent) -> tuple[Gathering, list[Told]]:
    told: list[Told] = []
    gathering = Gathering('prod', told.append)
    for each in events:
        gathering(each)
    return gathering, told


def test_debug_messages_are_dropped_for_they_hold_secrets() -> None:
    gathering, told = gathered(said('debug', 'props={password:"s3cr3t"}'), said('info', '', ephemeral=True))
    assert (gathering.outcome.complaints, told) == ([], [])


def test_a_passphrase_never_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PULUMI_CONFIG_PASSPHRASE', 'open sesame')
    gathering, _ = gathered(said('error', 'bad passphrase: open sesame', urn=urn(BUCKET, 'b')))
    assert str(gathering.outcome.complaints[0]) == 'b: bad passphrase: …'


def test_a_listener_is_told_names_and_keys_and_no_value() -> None:
    pre = metadata('update', old={'name': 'old value'}, new={'name': 'new value'}, diffs=['name'])
    _, told = gathered(event(resourcePreEvent={'metadata': pre}), event(resOutputsEvent={'metadata': pre}))
    about = {'stack': 'prod', 'op': 'update', 'urn': urn(BUCKET, 'b'), 'keys': ['name']}
    assert told == [{'event': 'began', **about}, {'event': 'done', **about}]


def test_what_a_refresh_found_is_a_step() -> None:
    pre = event(resourcePreEvent={'metadata': metadata('refresh')})
    same, _ = gathered(pre, event(resOutputsEvent={'metadata': metadata('refresh')}))
    assert not same.outcome.has_changes
    drift, _ = gathered(pre, event(resOutputsEvent={'metadata': metadata('update', diffs=['labels'])}))
    assert [(each.op, each.changed) for each in drift.outcome.changing] == [('update', ('labels',))]


def test_what_says_only_that_others_said_something_is_left_out_and_nothing_is_said_twice() -> None:
    gathering, _ = gathered(
        said('error', 'update failed'),
        said('error', 'no such project'),
        said('error', 'no such project'),
        said('warning', 'Attempting to deploy or update resources with 2 pending operations from previous deployment.'),
    )
    assert [each.message for each in gathering.outcome.complaints] == ['no such project']


def test_providers_and_the_stack_itself_are_no_steps() -> None:
    provider = metadata('create', 'pulumi:providers:gcp', 'default')
    gathering, told = gathered(event(resourcePreEvent={'metadata': provider}))
    assert (gathering.outcome.steps, told) == ([], [])
