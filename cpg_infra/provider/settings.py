"""What the provider is told about itself: the provider's configuration, with the environment as fallback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from cpg_infra.provider.resource import Fault
from cpg_infra.provider.schema import Property, Scalar
from cpg_infra.provider.values import UNKNOWN, Properties

_ENDPOINTS: Final = 'endpoints'
_BLOBS: Final = 'azureBlobUrl'
_NUMBERS: Final = ('requestsPerSecond', 'patience', 'firstWait', 'hailUserTimeout', 'azureRoleTimeout')
_ACCOUNT: Final = '{account}'

CONFIGURATION: Final[Mapping[str, Property]] = {
    'googleAccessToken': Property(
        Scalar.TEXT, 'Access token for Google; otherwise application default credentials.', secret=True
    ),
    'googleImpersonate': Property(Scalar.TEXT, 'Address of the service account to act as at Google.'),
    'hailTokenGcp': Property(
        Scalar.TEXT, 'Token for Hail Batch on GCP; otherwise `gcp` in the token file.', secret=True
    ),
    'hailTokenAzure': Property(
        Scalar.TEXT, 'Token for Hail Batch on Azure; otherwise `azure` in the token file.', secret=True
    ),
    'hailTokensFile': Property(Scalar.TEXT, 'The token file; otherwise `~/.hail/tokens.json`.'),
    'hailUserTimeout': Property(
        Scalar.TEXT, 'Seconds that a new Hail Batch user may take to become active; 1200 otherwise.'
    ),
    'azureStorageToken': Property(
        Scalar.TEXT,
        'Access token for Azure storage; otherwise the environment’s application, `az login`, or this machine’s identity.',
        secret=True,
    ),
    _BLOBS: Property(
        Scalar.TEXT,
        'Address of an Azure storage account’s blobs, with `{account}` for its name; `https://{account}.blob.core.windows.net` otherwise.',
    ),
    'azureRoleTimeout': Property(
        Scalar.TEXT, 'Seconds that a role on Azure storage, just assigned, may take to become effective; 600 otherwise.'
    ),
    'metamistUrl': Property(Scalar.TEXT, 'Address of metamist, for projects that name none.'),
    'metamistAudience': Property(
        Scalar.TEXT, 'Audience of the identity token for metamist; otherwise the address of metamist.'
    ),
    'metamistToken': Property(
        Scalar.TEXT, 'Identity token for metamist; otherwise application default credentials.', secret=True
    ),
    'patience': Property(
        Scalar.TEXT,
        'Seconds for which a passing fault is met with another try, or a lagging read is waited for; 120 otherwise.',
    ),
    'firstWait': Property(
        Scalar.TEXT, 'Seconds of the first wait between two tries, doubled each time; 0.5 otherwise.'
    ),
    'requestsPerSecond': Property(Scalar.TEXT, 'How many requests one host is sent in a second; 50 otherwise.'),
    _ENDPOINTS: Property(
        Scalar.TEXT,
        'JSON object: where to find a service instead, `{"https://cloudidentity.googleapis.com": "http://127.0.0.1:8080/identity"}`. For tests.',
    ),
}
"""The keys of the provider's configuration."""

ENVIRONMENT: Final[Mapping[str, str]] = {
    'googleAccessToken': 'GOOGLE_OAUTH_ACCESS_TOKEN',
    'googleImpersonate': 'GOOGLE_IMPERSONATE_SERVICE_ACCOUNT',
    'hailTokenGcp': 'HAIL_TOKEN_GCP',
    'hailTokenAzure': 'HAIL_TOKEN_AZURE',
    'hailTokensFile': 'HAIL_TOKENS_FILE',
    'hailUserTimeout': 'CPG_HAIL_USER_TIMEOUT',
    'azureStorageToken': 'CPG_AZURE_STORAGE_TOKEN',
    _BLOBS: 'CPG_AZURE_BLOB_URL',
    'azureRoleTimeout': 'CPG_AZURE_ROLE_TIMEOUT',
    'metamistUrl': 'CPG_METAMIST_URL',
    'metamistAudience': 'CPG_METAMIST_AUDIENCE',
    'metamistToken': 'CPG_METAMIST_TOKEN',
    'patience': 'CPG_PATIENCE',
    'firstWait': 'CPG_FIRST_WAIT',
    'requestsPerSecond': 'CPG_REQUESTS_PER_SECOND',
    _ENDPOINTS: 'CPG_ENDPOINTS',
}
"""The variable that is read when a key is not in the provider's configuration."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The provider's configuration, checked. Times are in seconds."""

    google_access_token: str | None = field(default=None, repr=False)
    google_impersonate: str | None = None
    hail_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    hail_tokens_file: Path = Path('~/.hail/tokens.json')
    hail_user_timeout: float = 1200
    azure_storage_token: str | None = field(default=None, repr=False)
    azure_blob_url: str = f'https://{_ACCOUNT}.blob.core.windows.net'
    azure_role_timeout: float = 600
    metamist_url: str | None = None
    metamist_audience: str | None = None
    metamist_token: str | None = field(default=None, repr=False)
    patience: float = 120
    first_wait: float = 0.5
    requests_per_second: float = 50
    endpoints: Mapping[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> Iterator[str]:
        """The tokens among the settings."""
        yield from self.hail_tokens.values()
        for token in (self.google_access_token, self.azure_storage_token, self.metamist_token):
            if token is not None:
                yield token


def faults(configuration: Properties) -> Iterator[Fault]:
    """What is wrong with the provider's configuration. Values that are not known yet pass."""
    for key, value in configuration.items():
        if key in {'version', 'pluginDownloadURL'} or value == UNKNOWN:
            continue
        if key not in CONFIGURATION:
            yield Fault(key, f'is no key of this provider; there are {", ".join(sorted(CONFIGURATION))}')
        elif isinstance(value, Mapping) and key == _ENDPOINTS:
            yield from _endpoint_faults(json.dumps(value))
        elif not isinstance(value, str | int | float):
            yield Fault(key, 'must be a text')
        elif key in _NUMBERS and _positive(str(value)) is None:
            yield Fault(key, 'must be a number above 0')
        elif key == _ENDPOINTS:
            yield from _endpoint_faults(str(value))
        elif key == _BLOBS:
            yield from blob_url_faults(str(value))


def settings(configuration: Properties, environment: Mapping[str, str]) -> Settings:
    """The settings that configuration and environment give; what is wrong there is left out."""
    given = {key: variable for key, name in ENVIRONMENT.items() if (variable := environment.get(name))}
    given |= {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in configuration.items()
        if value not in {None, ''}
    }
    usual = Settings()
    numbers = {key: _positive(given[key]) for key in _NUMBERS if key in given}
    tokens = {'gcp': given.get('hailTokenGcp'), 'azure': given.get('hailTokenAzure')}
    return Settings(
        google_access_token=given.get('googleAccessToken'),
        google_impersonate=given.get('googleImpersonate'),
        hail_tokens={cloud: token for cloud, token in tokens.items() if token is not None},
        hail_tokens_file=Path(given.get('hailTokensFile', str(usual.hail_tokens_file))).expanduser(),
        hail_user_timeout=numbers.get('hailUserTimeout') or usual.hail_user_timeout,
        azure_storage_token=given.get('azureStorageToken'),
        azure_blob_url=given.get(_BLOBS, usual.azure_blob_url).rstrip('/'),
        azure_role_timeout=numbers.get('azureRoleTimeout') or usual.azure_role_timeout,
        metamist_url=given.get('metamistUrl'),
        metamist_audience=given.get('metamistAudience'),
        metamist_token=given.get('metamistToken'),
        patience=numbers.get('patience') or usual.patience,
        first_wait=numbers.get('firstWait') or usual.first_wait,
        requests_per_second=numbers.get('requestsPerSecond') or usual.requests_per_second,
        endpoints=_endpoints(given.get(_ENDPOINTS, '{}')),
    )


def blob_url_faults(written: str) -> Iterator[Fault]:
    """What is wrong with the address of a storage account's blobs."""
    if _ACCOUNT not in written:
        yield Fault(_BLOBS, f'{written} has no {_ACCOUNT}: all accounts would be one')
    if not _is_address(written.replace(_ACCOUNT, 'account')):
        yield Fault(_BLOBS, f'{written} is not an address that begins with https:// or http://')


def _positive(written: str) -> float | None:
    try:
        number = float(written)
    except ValueError:
        return None
    return number if 0 < number < float('inf') else None


def _endpoints(written: str) -> dict[str, str]:
    try:
        found = json.loads(written)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(service).rstrip('/'): str(place).rstrip('/') for service, place in found.items()}


def _endpoint_faults(written: str) -> Iterator[Fault]:
    found = _endpoints(written)
    if not found and written.strip() != '{}':
        yield Fault(_ENDPOINTS, 'must be a JSON object from address to address')
    for address in (*found, *found.values()):
        if not _is_address(address):
            yield Fault(_ENDPOINTS, f'{address} is not an address that begins with https:// or http://')


def _is_address(written: str) -> bool:
    try:
        return httpx.URL(written).scheme in {'http', 'https'}
    except httpx.InvalidURL:
        return False
