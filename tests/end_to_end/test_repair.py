"""Whatever a killed run was making is found again, of every type: its id, its properties, and no second one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from cpg_infra.engine.automation.ids import IDS, QUESTIONS
from tests.end_to_end.harness import Deployment
from tests.end_to_end.in_flight import Kept, repaired_layers

SECRET = '4dabf18193072939515e22adb298388d'
"""The key by which the engine marks what is not a plain value: ciphertexts of one text differ."""


@pytest.mark.parametrize(
    ('name', 'replacing'),
    [('tiny_deployment', False), ('rich_azure_deployment', False), ('tiny_azure_deployment', True)],
)
def test_everything_that_was_being_made_is_found_as_it_was_made(
    name: str, replacing: bool, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment: Deployment = request.getfixturevalue(name)
    for made, found in repaired_layers(deployment, monkeypatch, replacing=replacing):
        expected = [each for each in made if each['type'] in {*IDS, *QUESTIONS}]
        assert by_urn(found) == by_urn(expected)
    assert [call for call in deployment.calls() if call.method == 'Create' and not call.preview] == []


def by_urn(resources: Iterable[Kept]) -> dict[str, tuple[str, Any]]:
    return {each['urn']: (each['id'], comparable(each['outputs'])) for each in resources}


def comparable(value: Any) -> Any:
    """Without ciphertexts, and without the tag of a policy, which changes with whatever else is granted."""
    if isinstance(value, dict):
        return '***' if SECRET in value else {k: comparable(each) for k, each in value.items() if k != 'etag'}
    return [comparable(each) for each in value] if isinstance(value, list) else value
