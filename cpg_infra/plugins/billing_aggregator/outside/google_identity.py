"""Who the function is to Google: the account it runs as, or a token that a person passes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from cpg_infra.plugins.billing_aggregator.outside.http import Http, OutsideError

GIVEN: Final = 'GOOGLE_OAUTH_ACCESS_TOKEN'
"""Environment variable with an access token: `gcloud auth print-access-token`."""

_METADATA: Final = 'http://metadata.google.internal'
_TOKEN: Final = f'{_METADATA}/computeMetadata/v1/instance/service-accounts/default/token'
_SPARE: Final = 120.0


class GoogleIdentity:
    """Gives headers with a token that lives a while yet.

    `scope`: what the token is for, where that of Google Cloud as a whole is not enough. It is asked of the machine; a
    token that a person passes has the scopes that it has.
    """

    def __init__(self, http: Http, environment: Mapping[str, str], scope: str | None = None) -> None:
        self._http = http
        self._given = environment.get(GIVEN)
        self._scope = scope
        self._token = ''
        self._ends = 0.0

    def headers(self) -> dict[str, str]:
        """Raises `OutsideError` when this machine has no identity."""
        if self._given:
            return {'Authorization': f'Bearer {self._given}'}
        if time.monotonic() > self._ends:
            params = {'scopes': self._scope} if self._scope else None
            try:
                said = self._http.send('GET', _TOKEN, headers={'Metadata-Flavor': 'Google'}, params=params)
                self._token, lives = str(said['access_token']), float(said['expires_in'])
            except (KeyError, TypeError, ValueError, OutsideError) as error:
                raise OutsideError(
                    f'no Google identity: this is no machine of Google, and {GIVEN} is not set'
                ) from error
            self._ends = time.monotonic() + max(0.0, lives - _SPARE)
        return {'Authorization': f'Bearer {self._token}'}
