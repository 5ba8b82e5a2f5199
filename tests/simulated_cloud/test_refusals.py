"""What Google refuses, the double refuses, in words that a person would recognise."""

from __future__ import annotations

import pytest

from tests.simulated_cloud.building import BUCKET, PROJECT, Cloud
from tests.simulated_cloud.world import Refused

ACCOUNT = 'gcp:serviceaccount/account:Account'
OBJECT = 'gcp:storage/bucketObject:BucketObject'
SECRET = 'gcp:secretmanager/secret:Secret'
VERSION = 'gcp:secretmanager/secretVersion:SecretVersion'
BUDGET = 'gcp:billing/budget:Budget'
KEY = 'gcp:serviceaccount/key:Key'

REPLICATION = {'userManaged': {'replicas': [{'location': 'australia-southeast1'}]}}


def test_no_bucket_in_a_project_that_is_not_there(cloud: Cloud) -> None:
    with pytest.raises(Refused, match='Permission denied on resource project lantern-alpha'):
        cloud.bucket(project='lantern-alpha')


def test_no_second_bucket_of_one_name_in_the_whole_world(cloud: Cloud) -> None:
    cloud.bucket()
    with pytest.raises(Refused, match='Error 409: The requested bucket name is not available'):
        cloud.bucket(project='lantern-ci')


def test_no_second_project_of_one_id_even_when_the_first_was_deleted(cloud: Cloud) -> None:
    made = cloud.project(deletionPolicy='DELETE')
    cloud.delete(PROJECT, made)
    with pytest.raises(Refused, match='Error 409: Requested entity already exists'):
        cloud.project()


def test_a_project_is_kept_unless_its_policy_says_otherwise(cloud: Cloud) -> None:
    with pytest.raises(Refused, match='PREVENT'):
        cloud.delete(PROJECT, cloud.project())
    abandoned = cloud.project('lantern-beta', deletionPolicy='ABANDON')
    cloud.delete(PROJECT, abandoned)
    assert cloud.read(PROJECT, abandoned.id) is not None


def test_no_project_on_an_account_that_does_not_pay(cloud: Cloud) -> None:
    with pytest.raises(Refused, match='setting billing account "1"'):
        cloud.project(billingAccount='1')


def test_no_object_without_its_bucket(cloud: Cloud) -> None:
    with pytest.raises(Refused, match='The specified bucket does not exist'):
        cloud.create(OBJECT, bucket='nowhere', name='a', content='text')


def test_a_bucket_with_something_in_it_is_not_deleted(cloud: Cloud) -> None:
    bucket = cloud.bucket()
    kept = cloud.create(OBJECT, bucket=bucket.id, name='a', content='text')
    with pytest.raises(Refused, match='containing objects'):
        cloud.delete(BUCKET, bucket)
    cloud.delete(OBJECT, kept)
    cloud.delete(BUCKET, bucket)
    assert cloud.read(BUCKET, bucket.id) is None


def test_no_secret_where_its_api_is_not_enabled(cloud: Cloud) -> None:
    with pytest.raises(Refused, match=r'secretmanager.googleapis.com has not been used in project \d+ before'):
        cloud.create(SECRET, secretId='a', project='lantern-web', replication=REPLICATION)


def test_no_version_without_its_secret_and_none_that_is_too_large(cloud: Cloud) -> None:
    with pytest.raises(Refused, match='not found'):
        cloud.create(VERSION, secret='projects/lantern-dropbox/secrets/a', secretData='x')
    cloud.create(SECRET, secretId='a', project='lantern-dropbox', replication=REPLICATION)
    with pytest.raises(Refused, match='larger than the maximum of 65536 bytes'):
        cloud.create(VERSION, secret='projects/lantern-dropbox/secrets/a', secretData='x' * 65_537)


def test_versions_are_numbered_and_no_number_comes_twice(cloud: Cloud) -> None:
    cloud.create(SECRET, secretId='a', project='lantern-dropbox', replication=REPLICATION)
    first = cloud.create(VERSION, secret='projects/lantern-dropbox/secrets/a', secretData='x')
    cloud.delete(VERSION, first)
    second = cloud.create(VERSION, secret='projects/lantern-dropbox/secrets/a', secretData='y')
    assert [first.outputs['version'], second.outputs['version']] == ['1', '2']


def test_an_account_that_is_there_is_refused_unless_it_may_be_taken_over(cloud: Cloud) -> None:
    first = cloud.create(ACCOUNT, accountId='pam-broker', project='lantern-web')
    with pytest.raises(Refused, match='already exists within project'):
        cloud.create(ACCOUNT, accountId='pam-broker', project='lantern-web')
    again = cloud.create(ACCOUNT, accountId='pam-broker', project='lantern-web', createIgnoreAlreadyExists=True)
    assert again.outputs['uniqueId'] == first.outputs['uniqueId']


def test_a_private_key_is_told_once_and_stays_as_the_state_has_it(cloud: Cloud) -> None:
    made = cloud.create(KEY, serviceAccountId='browser@lantern-browser.iam.gserviceaccount.com')
    assert made.outputs['privateKey']
    read = cloud.read(KEY, made.id)
    assert read is not None
    assert 'privateKey' not in read.outputs
    read = cloud.read(KEY, made.id, **made.properties)
    assert read is not None
    assert read.outputs['privateKey'] == made.outputs['privateKey']


def test_no_budget_for_a_project_that_is_not_there(cloud: Cloud) -> None:
    with pytest.raises(Refused, match="Project number '1' is not known"):
        cloud.create(
            BUDGET,
            billingAccount='0A1B2C-3D4E5F-6A7B8C',
            amount={'specifiedAmount': {'units': '1'}},
            budgetFilter={'projects': ['projects/1']},
        )


@pytest.mark.parametrize(
    ('token', 'key', 'name'),
    [
        (PROJECT, 'projectId', 'Lantern'),
        (PROJECT, 'projectId', 'a-name-of-more-than-thirty-char'),
        (BUCKET, 'name', 'my-google-bucket'),
        (BUCKET, 'name', 'goog-bucket'),
        (BUCKET, 'name', 'ab'),
        (ACCOUNT, 'accountId', 'short'),
        (SECRET, 'secretId', 'a.b'),
        ('gcp:privilegedaccessmanager/entitlement:entitlement', 'entitlementId', '1st'),
    ],
)
def test_a_name_that_breaks_a_rule_is_refused_before_anything_is_sent(
    cloud: Cloud, token: str, key: str, name: str
) -> None:
    assert cloud.check(token, **{key: name}) == [key]


def test_no_entitlement_for_a_group_that_is_not_there(cloud: Cloud) -> None:
    readers = cloud.group('readers')
    cloud.create(
        'gcp:projects/iAMMember:IAMMember',
        project='lantern-web',
        role='roles/privilegedaccessmanager.serviceAgent',
        member='user:agent@lantern.example.org',
    )
    cloud.create(
        'gcp:projects/service:Service', project='lantern-web', service='privilegedaccessmanager.googleapis.com'
    )

    def entitle(who: str, approver: str) -> None:
        step = {'approvers': {'principals': [approver]}, 'approvalsNeeded': 1}
        cloud.create(
            'gcp:privilegedaccessmanager/entitlement:entitlement',
            parent='projects/lantern-web',
            location='global',
            entitlementId='read',
            eligibleUsers=[{'principals': [who]}],
            approvalWorkflow={'manualApprovals': {'steps': [step]}},
        )

    with pytest.raises(Refused, match='Group nobody@groups'):
        entitle('group:nobody@groups.lantern.example.org', readers)
    with pytest.raises(Refused, match='Group nobody@groups'):
        entitle(readers, 'group:nobody@groups.lantern.example.org')
    entitle(readers, 'group:cromwell-users@groups.lantern.example.org')
