"""What the plugins make is what was reviewed, fits the providers, and gives nobody a basic role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cpg_infra.plan import Plan
from tests.conformance.catalogues import CHECKER
from tests.plugins.billing_aggregator import billing
from tests.plugins.github_wif import federation
from tests.plugins.inventory import committed
from tests.plugins.metamist import loading
from tests.plugins.regenerate import INVENTORIES

PLANS: dict[str, Callable[[], Plan]] = {
    'billing_aggregator': billing.billed,
    'github_wif': federation.with_everything,
    'metamist': loading.loaded,
}


@pytest.mark.parametrize('name', INVENTORIES)
def test_a_plugin_makes_what_was_reviewed(name: str) -> None:
    assert INVENTORIES[name]() == committed(name), 'python -m tests.plugins.regenerate writes it anew; read the diff'


@pytest.mark.parametrize('name', PLANS)
def test_every_resource_of_a_plugin_conforms(name: str) -> None:
    assert [str(finding) for finding in CHECKER.check(PLANS[name]())] == []


@pytest.mark.parametrize('name', PLANS)
def test_no_basic_role_is_in_any_plan(name: str) -> None:
    text = PLANS[name]().canonical_bytes().decode().lower()
    assert 'roles/' in text
    assert [word for word in ('roles/editor', 'roles/owner', 'roles/viewer') if word in text] == []


@pytest.mark.parametrize('name', PLANS)
def test_two_runs_make_the_same_bytes(name: str) -> None:
    assert PLANS[name]().canonical_bytes() == PLANS[name]().canonical_bytes()
