"""How Azure says no, as its provider hands it on."""

from __future__ import annotations

from tests.simulated_cloud.world import Refused


def refused(status: int, code: str, message: str) -> Refused:
    """A refusal of the resource manager."""
    return Refused(f'Status={status} Code="{code}" Message="{message}"')


def refused_by_graph(status: int, code: str, message: str) -> Refused:
    """A refusal of the directory."""
    return Refused(f'unexpected status {status} with error: {code}: {message}')
