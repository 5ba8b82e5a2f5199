"""The tool with which a person looks into the simulated clouds and changes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.simulated_cloud.__main__ import main
from tests.simulated_cloud.building import Cloud
from tests.simulated_cloud.building_azure import READER, AzureCloud, definition

By: TypeAlias = Callable[..., tuple[int, str]]


@pytest.fixture
def by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> By:
    """Runs the tool; its status and what it said."""
    monkeypatch.setenv('SIMULATED_CLOUD', str(tmp_path))

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr('sys.argv', ['cloud', *arguments])
        status = main()
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def shown(by_hand: By, pattern: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(by_hand('show', pattern)[1])
    return found


def test_things_of_every_cloud_are_shown_changed_and_removed(cloud: Cloud, azure: AzureCloud, by_hand: By) -> None:
    azure.account()
    keys = ('bucket lantern-hail-wheels', 'storage smallalpha')
    for key in keys:
        assert by_hand('set', key, 'location', '"nowhere"') == (0, '')
    assert {key: shown(by_hand, f'{key}$')[key]['inputs']['location'] for key in keys} == dict.fromkeys(keys, 'nowhere')
    for key in keys:
        assert by_hand('remove', key) == (0, '')
        assert by_hand('remove', key) == (1, f'there is no {key}\n')


def test_a_grant_is_a_member_of_a_policy_on_google_and_an_assignment_on_azure(
    cloud: Cloud, azure: AzureCloud, by_hand: By
) -> None:
    azure.account()
    assert by_hand('grant', 'bucket lantern-hail-wheels', 'roles/owner', 'user:a@example.org') == (0, '')
    assert cloud.roles('bucket lantern-hail-wheels') == {'roles/owner': ['user:a@example.org']}
    assert by_hand('grant', 'storage smallalpha', definition(READER), azure.user()) == (0, '')
    (assignment,) = shown(by_hand, 'assignment ').values()
    assert assignment['inputs']['scope'].endswith('/storageAccounts/smallalpha')
    assert assignment['inputs']['principalId'] == azure.user()
