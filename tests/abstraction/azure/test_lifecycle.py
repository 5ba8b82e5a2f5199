"""Lifecycle rules of all containers of a storage account, in the one policy that it has."""

from __future__ import annotations

from typing import Any

from cpg_infra.abstraction.azure.lifecycle import policy_rules, undelete_days
from cpg_infra.abstraction.specification import BucketProfile, DeleteAfter, ToColdStorage, Undelete

KEPT = BucketProfile(lifecycle=(Undelete(30),))
TEMPORARY = BucketProfile(versions=False, lifecycle=(DeleteAfter(8),))


def rules(**containers: BucketProfile) -> dict[str, Any]:
    found: list[Any] = policy_rules({name.replace('_', '-'): profile for name, profile in containers.items()})
    return {rule['name']: rule['definition'] for rule in found}


def test_what_is_deleted_goes_with_its_versions_and_snapshots() -> None:
    created = {'delete': {'daysAfterCreationGreaterThan': 8}}
    assert rules(main_tmp=TEMPORARY) == {
        'delete8': {
            'filters': {'blobTypes': ['blockBlob'], 'prefixMatch': ['main-tmp/']},
            'actions': {
                'baseBlob': {'delete': {'daysAfterModificationGreaterThan': 8}},
                'snapshot': created,
                'version': created,
            },
        },
    }


def test_a_prefix_ends_in_a_slash_since_one_container_may_begin_like_another() -> None:
    found = rules(main=KEPT, main_web=KEPT)
    assert found['undelete']['filters']['prefixMatch'] == ['main-web/', 'main/']


def test_bringing_back_is_soft_delete_and_the_age_of_a_version_says_nothing_of_it() -> None:
    gone = {'delete': {'daysAfterCreationGreaterThan': 1}}
    assert rules(main=KEPT)['undelete']['actions'] == {'snapshot': gone, 'version': gone}
    assert undelete_days([KEPT, BucketProfile(lifecycle=(Undelete(7),)), TEMPORARY]) == 30
    assert undelete_days([TEMPORARY]) is None


def test_cold_storage_is_the_archive_tier() -> None:
    profile = BucketProfile(lifecycle=(ToColdStorage(0), Undelete(30)))
    archive = rules(archive=profile)['archive0']['actions']
    assert archive == {'baseBlob': {'tierToArchive': {'daysAfterModificationGreaterThan': 0}}}


def test_autoclass_is_cooling_what_nobody_reads() -> None:
    cool = rules(main=BucketProfile(autoclass=True))['cool']['actions']
    assert cool == {
        'baseBlob': {
            'tierToCool': {'daysAfterLastAccessTimeGreaterThan': 30},
            'enableAutoTierToHotFromCool': True,
        },
    }


def test_a_rule_may_hold_for_a_part_of_a_container() -> None:
    profile = BucketProfile(versions=False, lifecycle=(DeleteAfter(8, prefix='incomplete/'),))
    assert rules(box=profile)['delete8']['filters']['prefixMatch'] == ['box/incomplete/']


def test_more_than_ten_containers_take_more_than_one_rule() -> None:
    found = rules(**{f'c{number:02}': TEMPORARY for number in range(23)})
    sizes = {name: len(rule['filters']['prefixMatch']) for name, rule in found.items()}
    assert sizes == {'delete8': 10, 'delete8part2': 10, 'delete8part3': 3}


def test_an_account_without_rules_has_no_policy() -> None:
    assert policy_rules({'members-group-cache': BucketProfile()}) == []
