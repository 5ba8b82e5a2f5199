"""How much the provider adds to the bare calls: a group of 500 members from nothing, at the same server latency.

Google aborts writes to one group that cross, so both write one after the other, over one connection that stays open.
The bare loop makes exactly the calls that the provider makes: one look-up, one list, one write for each member.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Final

import httpx

from tests.provider.engine import Provider
from tests.services import LocalServices

MEMBERS: Final = 500
LATENCY: Final = 0.02
"""Seconds before each answer. Google takes ten times as long, and then what the provider adds is a tenth as much."""

GOAL: Final = 1.2
GROUP: Final = 'everybody@groups.example.org'


def main() -> None:
    """Print seconds and calls of both, their ratio against the goal, and the calls of a diff without changes."""
    members = [f'person-{number:04}@example.org' for number in range(MEMBERS)]
    bare, bare_calls = _bare(members)
    through, calls, of_diff = _provider(members)
    print(f'{MEMBERS} members from nothing, {LATENCY * 1000:.0f} ms a call{"s":>13}{"calls":>8}')
    print(f'{"a bare loop":41}{bare:9.2f}{bare_calls:8}')
    print(f'{"cpg:google:GroupMembers":41}{through:9.2f}{calls:8}')
    print(f'{"ratio":41}{through / bare:9.2f}          goal: ≤ {GOAL} ({through / bare / GOAL:.0%})')
    print(f'{"calls of a diff without changes":41}{of_diff:9}          goal: 0')


def _bare(members: list[str]) -> tuple[float, int]:
    async def loop(root: str) -> float:
        headers = {'Authorization': 'Bearer google-token'}
        async with httpx.AsyncClient(base_url=root, headers=headers, trust_env=False) as client:
            start = time.perf_counter()
            found = await client.get('/v1/groups:lookup', params={'groupKey.id': GROUP})
            group = found.json()['name']
            await client.get(f'/v1/{group}/memberships', params={'pageSize': '500', 'view': 'FULL'})
            for member in members:
                body = {'preferredMemberKey': {'id': member}, 'roles': [{'name': 'MEMBER'}]}
                reply = await client.post(f'/v1/{group}/memberships', json=body)
                reply.raise_for_status()
            return time.perf_counter() - start

    with LocalServices(latency=LATENCY) as services:
        services.world.group(GROUP)
        seconds = asyncio.run(loop(f'{services.url}/identity'))
        return seconds, len(services.calls)


def _provider(members: list[str]) -> tuple[float, int, int]:
    with LocalServices(latency=LATENCY) as services, Provider() as provider:
        services.world.group(GROUP)
        provider.configure(endpoints=json.dumps(services.endpoints()), googleAccessToken='google-token')
        news = {'group': GROUP, 'members': members, 'authoritative': False}
        start = time.perf_counter()
        held = provider.create('cpg:google:GroupMembers', news)
        seconds = time.perf_counter() - start
        calls = len(services.calls)
        if provider.diff(held, news) or len(services.world.members(GROUP)) != MEMBERS:
            raise RuntimeError('the group is not what was asked for')
        return seconds, calls, len(services.calls) - calls


if __name__ == '__main__':
    main()
