"""The Budgets API: one budget by its id, or all of an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from cpg_infra.plugins.billing_aggregator.outside.google_identity import GoogleIdentity
from cpg_infra.plugins.billing_aggregator.outside.http import Http, OutsideError

_API: Final = 'https://billingbudgets.googleapis.com/v1'
_PAGE: Final = '100'


@dataclass(frozen=True, slots=True)
class Budget:
    """`amount` is None for a budget that follows last month's cost. `projects` are resource names, `projects/123`."""

    identity: str
    name: str
    amount: Decimal | None
    currency: str
    projects: tuple[str, ...]
    monthly: bool


@dataclass(frozen=True, slots=True)
class Budgets:
    """The API, as the caller's identity sees it."""

    http: Http
    identity: GoogleIdentity

    def read(self, account: str, budget: str) -> Budget:
        """A budget of a billing account. Raises `OutsideError`."""
        place = f'{_API}/billingAccounts/{account}/budgets/{quote(budget, safe="")}'
        return _budget(self.http.send('GET', place, headers=self.identity.headers()))

    def all(self, account: str) -> Iterator[Budget]:
        """Every budget of a billing account. Raises `OutsideError`, also for pages that do not end."""
        place = f'{_API}/billingAccounts/{account}/budgets'
        seen: set[str] = set()
        page = ''
        while True:
            params = {'pageSize': _PAGE} | ({'pageToken': page} if page else {})
            said = self.http.send('GET', place, headers=self.identity.headers(), params=params)
            yield from (_budget(budget) for budget in said.get('budgets', []))
            page = said.get('nextPageToken') or ''
            if not page:
                return
            if page in seen:
                raise OutsideError(f'GET {place}: a page is repeated')
            seen.add(page)


def _budget(said: Mapping[str, Any]) -> Budget:
    try:
        given = said['amount'].get('specifiedAmount')
        scope = said.get('budgetFilter', {})
        return Budget(
            identity=said['name'].rpartition('/')[2],
            name=said.get('displayName', ''),
            amount=None if given is None else _money(given),
            currency='' if given is None else given.get('currencyCode', ''),
            projects=tuple(scope.get('projects', ())),
            monthly=scope.get('calendarPeriod') == 'MONTH' and 'customPeriod' not in scope,
        )
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise OutsideError(f'a budget in the answer is not understood ({error!r})') from error


def _money(given: Mapping[str, Any]) -> Decimal:
    return Decimal(str(given.get('units', '0'))) + Decimal(int(given.get('nanos', 0))).scaleb(-9)
