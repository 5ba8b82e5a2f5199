from __future__ import annotations

import os

import pytest

from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.engine.automation.surroundings import told
from cpg_infra.plan import Setting

VARIABLE = 'ARM_SUBSCRIPTION_ID'
SETTING = Setting('azure-native', 'subscriptionId', VARIABLE, 'here', organisation_path('azure', 'subscription'))


def test_a_provider_is_told_what_the_plan_says_and_only_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with told([SETTING]):
        assert os.environ[VARIABLE] == 'here'
    assert VARIABLE not in os.environ


def test_it_is_taken_back_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(KeyError), told([SETTING]):
        raise KeyError
    assert VARIABLE not in os.environ


def test_what_somebody_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, 'elsewhere')
    with told([SETTING]):
        assert os.environ[VARIABLE] == 'elsewhere'
    assert os.environ[VARIABLE] == 'elsewhere'
