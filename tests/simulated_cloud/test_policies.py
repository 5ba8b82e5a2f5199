"""Policies are written as Google's provider writes them: bindings own a role, members add to it."""

from __future__ import annotations

import pytest

from tests.simulated_cloud.building import READER, READERS, ROLE, Cloud
from tests.simulated_cloud.world import Refused

MAIN = 'bucket lantern-deployed-config'
SCOPE = {'bucket': 'lantern-deployed-config', 'role': ROLE}


def test_a_binding_replaces_whoever_had_the_role(cloud: Cloud) -> None:
    cloud.create(READER, **SCOPE, member='user:somebody@elsewhere.example.org')
    cloud.create(READERS, **SCOPE, members=['user:ana@lantern.example.org'])
    assert cloud.roles(MAIN) == {ROLE: ['user:ana@lantern.example.org']}


def test_a_member_leaves_the_others_alone_when_it_comes_and_when_it_goes(cloud: Cloud) -> None:
    cloud.create(READERS, **SCOPE, members=['user:ana@lantern.example.org'])
    made = cloud.create(READER, **SCOPE, member='user:bao@lantern.example.org')
    assert cloud.roles(MAIN) == {ROLE: ['user:ana@lantern.example.org', 'user:bao@lantern.example.org']}
    cloud.delete(READER, made)
    assert cloud.roles(MAIN) == {ROLE: ['user:ana@lantern.example.org']}


def test_a_binding_takes_the_role_from_everybody_when_it_goes(cloud: Cloud) -> None:
    made = cloud.create(READERS, **SCOPE, members=['user:ana@lantern.example.org'])
    cloud.create(READER, **SCOPE, member='user:bao@lantern.example.org')
    cloud.delete(READERS, made)
    assert cloud.roles(MAIN) == {}


def test_who_was_added_by_hand_is_seen_by_a_binding_and_not_by_a_member(cloud: Cloud) -> None:
    binding = cloud.create(READERS, **SCOPE, members=['user:ana@lantern.example.org'])
    member = cloud.create(READER, **SCOPE, member='user:bao@lantern.example.org')
    seen = cloud.read(READERS, binding.id, **binding.properties)
    assert seen is not None
    assert seen.inputs['members'] == ['user:ana@lantern.example.org', 'user:bao@lantern.example.org']
    alone = cloud.read(READER, member.id, **member.properties)
    assert alone is not None
    assert alone.inputs == member.inputs


def test_a_binding_is_imported_by_the_id_that_terraform_takes(cloud: Cloud) -> None:
    cloud.create(READERS, **SCOPE, members=['user:ana@lantern.example.org'])
    found = cloud.read(READERS, f'b/lantern-deployed-config {ROLE}')
    assert found is not None
    assert found.inputs == {**SCOPE, 'members': ['user:ana@lantern.example.org']}


@pytest.mark.parametrize(
    ('member', 'says'),
    [
        ('group:nobody@groups.lantern.example.org', 'Group nobody@groups.lantern.example.org does not exist'),
        ('serviceAccount:no@lantern-web.iam.gserviceaccount.com', 'Service account no@lantern-web'),
        ('ana@lantern.example.org', 'unknown type'),
        ('user:Ana@lantern.example.org', 'lower case'),
    ],
)
def test_who_does_not_exist_is_refused(cloud: Cloud, member: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        cloud.create(READER, **SCOPE, member=member)


def test_a_role_of_the_organisation_must_exist(cloud: Cloud) -> None:
    role = 'organizations/471147114711/roles/StorageLister'
    cloud.create(READER, bucket='lantern-deployed-config', role=role, member='user:ana@lantern.example.org')
    with pytest.raises(Refused, match=r'Role .*Liste\) does not exist'):
        cloud.create(READER, bucket='lantern-deployed-config', role=role[:-1], member='user:ana@lantern.example.org')


def test_a_policy_takes_250_groups_and_not_one_more(cloud: Cloud) -> None:
    groups = [cloud.group(f'g{number:03}') for number in range(251)]
    cloud.create(READERS, **SCOPE, members=groups[:250])
    with pytest.raises(Refused, match=r'groups in the policy \(251\)'):
        cloud.create(READER, **SCOPE, member=groups[250])


def test_a_policy_takes_1500_principals_and_not_one_more(cloud: Cloud) -> None:
    people = [f'user:u{number}@lantern.example.org' for number in range(1_501)]
    cloud.create(READERS, **SCOPE, members=people[:1_500])
    with pytest.raises(Refused, match=r'members in the policy \(1501\)'):
        cloud.create(READERS, **SCOPE, members=people)


IN_2026 = {'title': 'until 2027', 'expression': 'request.time < timestamp("2027-01-01T00:00:00Z")'}
PROJECT_READERS = 'gcp:projects/iAMBinding:IAMBinding'
ON_PROJECT = {'project': 'lantern-web', 'role': 'roles/browser'}


def test_a_role_under_a_condition_is_a_role_of_its_own(cloud: Cloud) -> None:
    made = cloud.create(PROJECT_READERS, **ON_PROJECT, members=['user:ana@lantern.example.org'])
    conditional = cloud.create(
        PROJECT_READERS, **ON_PROJECT, members=['user:bao@lantern.example.org'], condition=IN_2026
    )
    assert conditional.id == f'lantern-web/roles/browser/until 2027//{IN_2026["expression"]}'
    seen = cloud.read(PROJECT_READERS, made.id, **made.properties)
    assert seen is not None
    assert seen.inputs == made.inputs
    cloud.delete(PROJECT_READERS, made)
    assert list(cloud.roles('project lantern-web').values()) == [['user:bao@lantern.example.org']]
    imported = cloud.read(PROJECT_READERS, 'lantern-web roles/browser until 2027')
    assert imported is not None
    assert imported.inputs == conditional.inputs


def test_a_condition_is_refused_where_google_takes_none(cloud: Cloud) -> None:
    ana = {'members': ['user:ana@lantern.example.org'], 'condition': IN_2026}
    with pytest.raises(Refused, match='primitive roles'):
        cloud.create(PROJECT_READERS, project='lantern-web', role='roles/viewer', **ana)
    cloud.bucket()
    with pytest.raises(Refused, match='uniform bucket-level access'):
        cloud.create(READERS, bucket='lantern-alpha-main', role=ROLE, **ana)
    cloud.bucket('lantern-alpha-test', uniformBucketLevelAccess=True)
    cloud.create(READERS, bucket='lantern-alpha-test', role=ROLE, **ana)
    assert list(cloud.kinds[READERS].check({'condition': {'title': 'a'}})) == [
        ('condition.expression', "Missing required property 'expression'")
    ]
    with pytest.raises(Refused, match='with the condition'):
        cloud.read(PROJECT_READERS, 'lantern-web roles/browser until 2028')
