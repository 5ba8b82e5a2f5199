"""Whatever a killed run was making is found again, of every type: its id, its properties, and no second one."""

from __future__ import annotations

import pytest

from tests.end_to_end.in_flight import check_found_again


@pytest.mark.parametrize(
    ('name', 'replacing'),
    [('tiny_deployment', False), ('rich_azure_deployment', False), ('tiny_azure_deployment', True)],
)
def test_everything_that_was_being_made_is_found_as_it_was_made(
    name: str, replacing: bool, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_found_again(request.getfixturevalue(name), monkeypatch, replacing=replacing)
