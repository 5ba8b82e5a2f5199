"""The members of one group while they are being changed: who is there, who was added, what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cpg_infra.provider.changes import folded
from cpg_infra.provider.cloud_identity import CloudIdentity, Membership
from cpg_infra.provider.google_http import NOT_FOUND
from cpg_infra.provider.reply import PASSING, ServiceError
from cpg_infra.provider.resource import RefusedError

_OWNER: Final = 'OWNER'
_TOLD_EVERY: Final = 25


class GroupWrites:
    """Writes to one group, one after the other. One bad member does not stop the others."""

    def __init__(
        self,
        identity: CloudIdentity,
        group: str,
        present: dict[str, Membership],
        added: Iterable[str],
        status: Callable[[str], None],
    ) -> None:
        self._identity = identity
        self._group = group
        self._status = status
        self._stopped: str | None = None
        self.present: dict[str, Membership | None] = {**present}
        self.added = set(added)
        self.failures: list[str] = []

    @classmethod
    async def begin(
        cls,
        identity: CloudIdentity,
        group: str,
        *,
        added: Iterable[str] = (),
        look_for: Sequence[str] = (),
        status: Callable[[str], None] = lambda _: None,
    ) -> GroupWrites:
        """Read who is there. Whoever is in `look_for` and not in the list is asked for: a list may lag behind."""
        present = await identity.memberships(group)
        for address in folded(look_for):
            if address not in present and (membership := await identity.membership(group, address)) is not None:
                present[address] = membership
        return cls(identity, group, present, (address.lower() for address in added), status)

    def surplus(self, wanted: Sequence[str], *, authoritative: bool) -> list[str]:
        """Who is to go: what was added and is no longer wanted; when authoritative everybody else but owners."""
        others = {
            address
            for address, member in self.present.items()
            if authoritative and member is not None and _OWNER not in member.roles
        }
        return sorted((self.added | others) - set(folded(wanted)))

    def members(self, wanted: Sequence[str], *, authoritative: bool) -> list[str]:
        """Who is there of the wanted ones, as they are written there; when authoritative also all others but owners."""
        known = folded(wanted)
        there = [wanted[place] for address, place in known.items() if address in self.present]
        return there + [
            address
            for address, member in sorted(self.present.items())
            if authoritative and address not in known and not (member is not None and _OWNER in member.roles)
        ]

    def undeclared(self, members: Sequence[str]) -> list[str]:
        """Who else is there."""
        return sorted(set(self.present) - set(folded(members)))

    async def remove(self, addresses: Iterable[str]) -> None:
        """End these memberships."""
        for address in addresses:
            if self._stopped is not None:
                self.failures.append(f'{address} is not removed: not tried, {self._stopped}')
                continue
            try:
                # A list may lag behind: ask for the one before it is taken for gone.
                membership = self.present.get(address) or await self._identity.membership(self._group, address)
                if membership is not None:
                    await self._identity.remove(membership)
            except RefusedError as error:
                self._failed(error)
            else:
                self.present.pop(address, None)
                self.added.discard(address)

    async def add(self, wanted: Sequence[str]) -> None:
        """Make everybody in the list a member who is none. Members that are not known yet are tried again later."""
        pending = [address for address in folded(wanted) if address not in self.present]
        done, total = 0, len(pending)
        for wait in self._identity.waiting.waits(self._identity.waiting.lag):
            unknown: list[tuple[str, RefusedError]] = []
            for address in pending:
                await self._add(address, unknown)
                done += 1
                if done % _TOLD_EVERY == 0 and done < total:
                    self._status(f'{done} of {total} members')
            pending = [address for address, _ in unknown]
            if not pending:
                return
            if wait is None or self._stopped is not None:
                self.failures.extend(str(error) for _, error in unknown)
                return
            await asyncio.sleep(wait)

    async def _add(self, address: str, unknown: list[tuple[str, RefusedError]]) -> None:
        if self._stopped is not None:
            self.failures.append(f'{address} is not added: not tried, {self._stopped}')
            return
        try:
            if await self._identity.add(self._group, address):
                self.added.add(address)
        except RefusedError as error:
            if _status_of(error) == NOT_FOUND:
                unknown.append((address, error))
            else:
                self._failed(error)
        else:
            self.present[address] = None

    def _failed(self, error: RefusedError) -> None:
        self.failures.append(str(error))
        if _status_of(error) in {None, *PASSING}:
            # Each further member would wait as long as this one.
            self._stopped = 'after a failure that would meet everybody'


def _status_of(error: RefusedError) -> int | None:
    return error.status if isinstance(error, ServiceError) else None
