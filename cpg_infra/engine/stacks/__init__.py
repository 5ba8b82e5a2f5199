"""Stacks: a plan cut into shards, what they tell each other, and which of them have anything new to deploy.

Nothing here imports Pulumi: what is to be run is known before anything runs.
"""

from __future__ import annotations

from cpg_infra.engine.stacks.facts import Facts, MissingFactsError, joined, missing_facts
from cpg_infra.engine.stacks.fingerprint import fingerprint
from cpg_infra.engine.stacks.shards import Mode, SecretFactError, Shard, ShardCycleError, shards_of

__all__ = [
    'Facts',
    'MissingFactsError',
    'Mode',
    'SecretFactError',
    'Shard',
    'ShardCycleError',
    'fingerprint',
    'joined',
    'missing_facts',
    'shards_of',
]
