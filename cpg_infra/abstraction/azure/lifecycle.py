"""The management policy of a storage account: the lifecycle rules of all its containers in one.

Rules that say the same are one rule with a prefix for each container. A prefix ends in `/`, since `main` would also
be the beginning of `main-tmp`. Every rule that deletes names versions and snapshots too: a blob that has any is
not deleted otherwise (https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction.specification import BucketProfile, DeleteAfter, LifecycleRule, ToColdStorage, Undelete
from cpg_infra.plan.values import Value

PREFIXES_PER_RULE: Final = 10
"""https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure"""

COOL_AFTER_DAYS: Final = 30
"""Days without a reader after which a blob moves to the cool tier, which is billed for 30 days at least."""

VERSION_DAYS: Final = 1
"""Days after which a version may be deleted. Its age counts from when it was *written*, so that any larger figure
would say nothing of how long it can be brought back; soft delete is what keeps it, for the days asked for."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is done, and the beginning of the rule's name."""

    name: str
    prefix: str
    actions: Mapping[str, Value]


def policy_rules(containers: Mapping[str, BucketProfile]) -> list[Value]:
    """The rules of an account, in canonical order; none when no container has any."""
    prefixes: dict[str, list[str]] = {}
    actions: dict[str, Mapping[str, Value]] = {}
    for container, profile in containers.items():
        for rule in _rules(container, profile):
            prefixes.setdefault(rule.name, []).append(rule.prefix)
            actions[rule.name] = rule.actions
    return [
        {
            'name': name if not number else f'{name}part{number + 1}',
            'enabled': True,
            'type': 'Lifecycle',
            'definition': {
                'filters': {'blobTypes': ['blockBlob'], 'prefixMatch': part},
                'actions': actions[name],
            },
        }
        for name in sorted(prefixes)
        for number, part in enumerate(_in_parts(sorted(prefixes[name])))
    ]


def _in_parts(prefixes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(prefixes), PREFIXES_PER_RULE):
        yield prefixes[start : start + PREFIXES_PER_RULE]


def _rules(container: str, profile: BucketProfile) -> Iterable[_Rule]:
    for rule in profile.lifecycle:
        yield _lifecycle(container, rule)
    if profile.autoclass:
        yield _Rule(
            'cool',
            f'{container}/',
            {
                'baseBlob': {
                    'tierToCool': {'daysAfterLastAccessTimeGreaterThan': COOL_AFTER_DAYS},
                    'enableAutoTierToHotFromCool': True,
                },
            },
        )


def _lifecycle(container: str, rule: LifecycleRule) -> _Rule:
    if isinstance(rule, ToColdStorage):
        days = {'daysAfterModificationGreaterThan': rule.days}
        return _Rule(f'archive{rule.days}', f'{container}/', {'baseBlob': {'tierToArchive': days}})
    if isinstance(rule, DeleteAfter):
        days = {'daysAfterCreationGreaterThan': rule.days}
        return _Rule(
            f'delete{rule.days}',
            f'{container}/{rule.prefix or ""}',
            {
                'baseBlob': {'delete': {'daysAfterModificationGreaterThan': rule.days}},
                'snapshot': {'delete': days},
                'version': {'delete': days},
            },
        )
    days = {'daysAfterCreationGreaterThan': VERSION_DAYS}
    return _Rule('undelete', f'{container}/', {'snapshot': {'delete': days}, 'version': {'delete': days}})


def undelete_days(profiles: Iterable[BucketProfile]) -> int | None:
    """For how many days what was deleted can be brought back: the longest that any container asks for."""
    asked = [rule.days for profile in profiles for rule in profile.lifecycle if isinstance(rule, Undelete)]
    return max(asked, default=None)
