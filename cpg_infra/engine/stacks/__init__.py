"""Stacks: a plan cut into shards, what they tell each other, and which of them have anything new to deploy.

Nothing here imports Pulumi: what is to be run is known before anything runs.
"""

from __future__ import annotations

from cpg_infra.engine.stacks.changes import StackChanges, stack_changes
from cpg_infra.engine.stacks.facts import FACTS_OUTPUT, Facts, MissingFactsError, chosen_facts, joined, missing_facts
from cpg_infra.engine.stacks.fingerprint import FINGERPRINT_OUTPUT, fingerprint
from cpg_infra.engine.stacks.levels import levels_of
from cpg_infra.engine.stacks.placement import stacks_with
from cpg_infra.engine.stacks.shards import Mode, SecretFactError, Shard, ShardCycleError, shards_of
from cpg_infra.engine.stacks.writers import check_single_writers

__all__ = [
    'FACTS_OUTPUT',
    'FINGERPRINT_OUTPUT',
    'Facts',
    'MissingFactsError',
    'Mode',
    'SecretFactError',
    'Shard',
    'ShardCycleError',
    'StackChanges',
    'check_single_writers',
    'chosen_facts',
    'fingerprint',
    'joined',
    'levels_of',
    'missing_facts',
    'shards_of',
    'stack_changes',
    'stacks_with',
]
