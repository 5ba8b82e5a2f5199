from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.provider.engine import Provider
from tests.services import LocalServices, identity_token

SECRETS = ('google-token', 'hail-token', identity_token('deployer@example.org'), 'azure-token')


@pytest.fixture
def services() -> Iterator[LocalServices]:
    with LocalServices() as running:
        yield running


@pytest.fixture
def provider(services: LocalServices) -> Iterator[Provider]:
    """The provider, in front of the local services; whatever it answered or said is searched for secrets."""
    with Provider() as running:
        running.configure(**settings(services))
        yield running
        told = '\n'.join([*running.answers, *(message for _, message in running.said.lines)])
        for secret in SECRETS:
            assert secret not in told


def settings(services: LocalServices) -> dict[str, str]:
    return {
        'endpoints': json.dumps(services.endpoints()),
        'googleAccessToken': SECRETS[0],
        'hailTokenGcp': SECRETS[1],
        'hailTokenAzure': SECRETS[1],
        'azureStorageToken': SECRETS[3],
        'azureBlobUrl': services.blob_url,
        'azureRoleTimeout': '0.5',
        'metamistUrl': 'https://metamist.example.org',
        'metamistToken': SECRETS[2],
        'firstWait': '0.002',
        # Long enough for a machine that has other things to do. What tests the end of patience configures less.
        'patience': '60',
        'hailUserTimeout': '60',
        'requestsPerSecond': '10000',
    }
