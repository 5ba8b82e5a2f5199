"""Conditions of both clouds are really evaluated."""

from __future__ import annotations

import pytest

from tests.evaluator.azure_conditions import AZURE, Call
from tests.evaluator.azure_roles import BLOB
from tests.evaluator.google_conditions import GOOGLE, Target
from tests.evaluator.resources import UnreadableError

READ, WRITE, DELETE = (Call(f'{BLOB}/{action}') for action in ('read', 'write', 'delete'))
LIST, TIER = Call(f'{BLOB}/read', 'Blob.List'), Call(f'{BLOB}/write', 'Blob.Write.Tier')
CALLS = (READ, LIST, WRITE, TIER, DELETE)


def allowed(condition: str) -> set[Call]:
    holds = AZURE.parse(condition)
    return {call for call in CALLS if holds(call)}


def matches(action: str) -> str:
    return f"ActionMatches{{'{BLOB}/{action}'}}"


def sub(name: str) -> str:
    return f"SubOperationMatches{{'{name}'}}"


@pytest.mark.parametrize(
    ('condition', 'calls'),
    [
        (f'((!({matches("read")} AND NOT {sub("Blob.List")})))', {LIST, WRITE, TIER, DELETE}),
        (f'((!({matches("write")} AND {sub("Blob.Write.Tier")})))', {READ, LIST, WRITE, DELETE}),
        (matches('read'), {READ, LIST}),
        (f'!{matches("read")}', {WRITE, TIER, DELETE}),
        (f'NOT {matches("read")} AND NOT {matches("write")}', {DELETE}),
        (f'{matches("read")} OR {matches("delete")}', {READ, LIST, DELETE}),
        (f'{matches("read")} || {matches("delete")}', {READ, LIST, DELETE}),
        (f'{matches("write")} && !{sub("Blob.Write.Tier")}', {WRITE}),
        # AND binds more than OR, and a parenthesis more than both.
        (f'{matches("read")} OR {matches("write")} AND {sub("Blob.Write.Tier")}', {READ, LIST, TIER}),
        (f'({matches("read")} OR {matches("write")}) AND {sub("Blob.Write.Tier")}', {TIER}),
        (matches('*'), set(CALLS)),
        (f"ActionMatches{{'{BLOB.upper()}/READ'}} and not {sub('blob.list')}", {READ}),
        (f'(\n  (\n    !({matches("read")})\n  )\n)', {WRITE, TIER, DELETE}),
    ],
)
def test_a_condition_of_azure_allows_these_calls(condition: str, calls: set[Call]) -> None:
    assert allowed(condition) == calls


@pytest.mark.parametrize(
    'condition',
    [
        '',
        '(',
        matches('read') + ')',
        f'({matches("read")}',
        f'{matches("read")} XOR {matches("write")}',
        f'{matches("read")} {matches("write")}',
        "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'main'",
    ],
)
def test_what_is_not_understood_is_refused(condition: str) -> None:
    with pytest.raises(UnreadableError, match='condition not understood'):
        AZURE.parse(condition)


STORAGE = 'storage.googleapis.com'


@pytest.mark.parametrize(
    ('condition', 'holds'),
    [
        ('resource.name == "projects/_/buckets/main"', True),
        ('resource.name == "projects/_/buckets/main-tmp"', False),
        ('resource.name != "projects/_/buckets/main"', False),
        ('resource.name.startsWith("projects/_/buckets/ma")', True),
        ('resource.service == "storage.googleapis.com" && resource.name == "other"', False),
        ('resource.service == "storage.googleapis.com" || resource.name == "other"', True),
        ('!(resource.service == "storage.googleapis.com")', False),
    ],
)
def test_a_condition_of_google_cloud_is_about_a_resource(condition: str, holds: bool) -> None:
    assert GOOGLE.parse(condition)(Target(STORAGE, 'projects/_/buckets/main')) is holds


@pytest.mark.parametrize(
    'condition', ['request.time < timestamp("2030-01-01T00:00:00Z")', 'resource.name', 'resource.type == "a"']
)
def test_a_condition_on_what_is_not_known_here_is_refused(condition: str) -> None:
    with pytest.raises(UnreadableError, match='condition not understood'):
        GOOGLE.parse(condition)
