"""One run at a time writes the postings of a source.

A lease has an expiry, so that a run that was killed blocks nobody for ever, and a fencing token that grows, so that
a run that slept through its expiry writes nothing: every statement that writes the ledger names its token.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.conflicts import again_on_conflict
from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.faults import LeaseLostError, LedgerError

DURATION: Final = dt.timedelta(hours=1)
"""How long a lease holds without being renewed; longer than a function may run before it renews."""


class LeaseTakenError(LedgerError):
    """Another run has the source."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write a source's postings."""

    source: str
    owner: str
    token: int


@again_on_conflict
def take(engine: Engine, source: str, owner: str, now: dt.datetime) -> Lease:
    """Take the lease. Raises `LeaseTakenError` while another run's has not expired."""
    with engine.transaction():
        rows = engine.query('SELECT owner, token, expires_at FROM leases WHERE source = @source', {'source': source})
        if rows and rows[0]['expires_at'] is not None and rows[0]['expires_at'] > now and rows[0]['owner'] != owner:
            raise LeaseTakenError(
                f'{source}: run {rows[0]["owner"]} is loading it, until {rows[0]["expires_at"]:%Y-%m-%d %H:%M} UTC at most'
            )
        token = int(rows[0]['token']) + 1 if rows else 1
        engine.execute('DELETE FROM leases WHERE source = @source', {'source': source})
        engine.execute(
            'INSERT INTO leases (source, owner, token, expires_at) VALUES (@source, @owner, @token, @expires)',
            {'source': source, 'owner': owner, 'token': token, 'expires': now + DURATION},
        )
    return Lease(source, owner, token)


@again_on_conflict
def renew(engine: Engine, lease: Lease, now: dt.datetime) -> None:
    """Hold it for another while. Raises `LeaseLostError` when it is no longer ours."""
    with engine.transaction():
        check(engine, lease)
        engine.execute(
            'UPDATE leases SET expires_at = @expires WHERE source = @source AND token = @token',
            {'source': lease.source, 'token': lease.token, 'expires': now + DURATION},
        )


def check(engine: Engine, lease: Lease) -> None:
    """Raises `LeaseLostError` when the lease is no longer ours."""
    rows = engine.query(
        'SELECT token FROM leases WHERE source = @source AND token = @token',
        {'source': lease.source, 'token': lease.token},
    )
    if not rows:
        raise LeaseLostError(f'{lease.source}: another run has taken over; this one wrote nothing after that')


def release(engine: Engine, lease: Lease) -> None:
    """Give it back; the token stays, so that the next one is larger."""
    engine.execute(
        'UPDATE leases SET expires_at = NULL WHERE source = @source AND token = @token',
        {'source': lease.source, 'token': lease.token},
    )
