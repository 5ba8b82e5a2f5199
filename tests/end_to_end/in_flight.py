"""As if a run had been killed while everything that waits for the same was being made.

The cloud has all of a deployment. Of the state the first layers stay; the next one is in flight, and what comes after
it was never begun.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from cpg_infra.engine.automation.backend import Backend
from cpg_infra.engine.automation.ids import IDS, QUESTIONS
from cpg_infra.engine.automation.project import find_project
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.stack import Place, opened
from tests.end_to_end.harness import PROJECT, STACK, Deployment

Kept = Mapping[str, Any]

SECRET = '4dabf18193072939515e22adb298388d'
"""The key by which the engine marks what is not a plain value: ciphertexts of one text differ."""


def check_found_again(deployment: Deployment, monkeypatch: pytest.MonkeyPatch, *, replacing: bool = False) -> None:
    """Whatever can be found again is in the state as it was made, and nothing was asked for a second time.

    With `replacing`, each thing takes the place of one that was deleted first.
    """
    for made, found in _repaired_layers(deployment, monkeypatch, replacing=replacing):
        assert _by_urn(found) == _by_urn(each for each in made if each['type'] in {*IDS, *QUESTIONS})
    assert [call for call in deployment.calls() if call.method == 'Create' and not call.preview] == []


def place_of(deployment: Deployment) -> Place:
    """Where the stack of a deployment is, for commands."""
    folder = deployment.folder
    return Place(Backend(f'file://{folder / "state"}', 'a test'), find_project(folder / 'work'), STACK)


def _repaired_layers(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, *, replacing: bool
) -> Iterator[tuple[list[Kept], list[Kept]]]:
    """Of each layer: what had been made, and what the state has of it after the repair."""
    for name, value in deployment.environment().items():
        monkeypatch.setenv(name, value)
    file = deployment.folder / 'state' / '.pulumi' / 'stacks' / PROJECT / f'{STACK}.json'
    place = place_of(deployment)
    kept = json.loads(file.read_bytes())
    resources = kept['checkpoint']['latest']['resources']
    layer_of = _layers(resources)
    cli = PulumiCli(str(deployment.pulumi))
    for layer in range(1, max(layer_of.values()) + 1):
        making = [each for each in resources if layer_of[each['urn']] == layer]
        places = [{**each, 'id': 'gone', 'pendingReplacement': True} for each in making] if replacing else []
        latest = {
            **kept['checkpoint']['latest'],
            'resources': [*(each for each in resources if layer_of[each['urn']] < layer), *places],
            'pending_operations': [{'resource': _begun(each), 'type': 'creating'} for each in making],
        }
        file.write_text(json.dumps({**kept, 'checkpoint': {**kept['checkpoint'], 'latest': latest}}), encoding='utf-8')
        with opened(cli, place, lambda _: None) as stack:
            stack.repair()
        after = json.loads(file.read_bytes())['checkpoint']['latest']
        assert not after.get('pending_operations')
        urns = {each['urn'] for each in making}
        yield (
            making,
            [each for each in after['resources'] if each['urn'] in urns and not each.get('pendingReplacement')],
        )


def _by_urn(resources: Iterable[Kept]) -> dict[str, tuple[str, Any]]:
    return {each['urn']: (each['id'], _comparable(each['outputs'])) for each in resources}


def _comparable(value: Any) -> Any:
    """Without ciphertexts, and without the tag of a policy, which changes with whatever else is granted."""
    if isinstance(value, dict):
        return '***' if SECRET in value else {k: _comparable(each) for k, each in value.items() if k != 'etag'}
    return [_comparable(each) for each in value] if isinstance(value, list) else value


def _begun(resource: Kept) -> Kept:
    """What the state has of a thing that is being made."""
    return {key: value for key, value in resource.items() if key not in {'id', 'outputs', 'created', 'modified'}}


def _layers(resources: list[Kept]) -> dict[str, int]:
    """By URN: 0 for the stack and its providers, else one more than everything that it waits for. They are in order."""
    found: dict[str, int] = {}
    for each in resources:
        waits_for = {*(each.get('dependencies') or ()), *filter(None, [each.get('parent')])}
        own = each['type'].startswith('pulumi:')
        found[each['urn']] = 0 if own else 1 + max((found[urn] for urn in waits_for), default=0)
    return found
