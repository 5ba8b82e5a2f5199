from __future__ import annotations

import pytest

from cpg_infra.cli.plan_text.facts import facts, value_note
from cpg_infra.cli.plan_text.vocabulary import RESOURCES, resource_word
from cpg_infra.cli.remarks import amount
from cpg_infra.plan import Computed, Owner, Ref, Resource, Value

BUCKET = 'gcp:storage/bucket:Bucket'


def resource(type_: str, inputs: dict[str, Value]) -> Resource:
    return Resource('name', type_, 'physical', inputs, Owner('alpha', None, 'storage'), ())


RULES: dict[str, Value] = {
    'to archive storage at once': {
        'action': {'type': 'SetStorageClass', 'storageClass': 'ARCHIVE'},
        'condition': {'age': 0},
    },
    'to coldline storage after 1 day': {
        'action': {'type': 'SetStorageClass', 'storageClass': 'COLDLINE'},
        'condition': {'age': 1},
    },
    'deleted after 8 days': {'action': {'type': 'Delete'}, 'condition': {'age': 8}},
    'what is under incomplete/ deleted after 8 days': {
        'action': {'type': 'Delete'},
        'condition': {'age': 8, 'matchesPrefixes': ['incomplete/']},
    },
    'old versions kept 30 days': {
        'action': {'type': 'Delete'},
        'condition': {'daysSinceNoncurrentTime': 30, 'withState': 'ARCHIVED'},
    },
    'lifecycle rule Delete': {'action': {'type': 'Delete'}, 'condition': {'numNewerVersions': 3}},
}


@pytest.mark.parametrize('said', RULES)
def test_a_lifecycle_rule_in_words(said: str) -> None:
    assert facts(resource(BUCKET, {'lifecycleRules': [RULES[said]]})) == ['no versions', said]


def test_giving_up_unfinished_uploads_is_not_worth_a_word() -> None:
    rule: Value = {'action': {'type': 'AbortIncompleteMultipartUpload'}, 'condition': {'age': 7}}
    assert facts(resource(BUCKET, {'lifecycleRules': [rule]})) == ['no versions']


def test_a_budget_in_words() -> None:
    amount_: Value = {'specifiedAmount': {'units': '2000', 'currencyCode': 'AUD'}}
    monthly: dict[str, Value] = {
        'amount': amount_,
        'budgetFilter': {'calendarPeriod': 'MONTH'},
        'thresholdRules': [{'thresholdPercent': 0.5}, {'thresholdPercent': 1.0}],
    }
    fixed: dict[str, Value] = {
        'amount': amount_,
        'budgetFilter': {'customPeriod': {'startDate': {'year': 2026, 'month': 1, 'day': 9}}},
    }
    budget = 'gcp:billing/budget:Budget'
    assert facts(resource(budget, monthly)) == ['2,000 AUD a month', 'notified at 50%, 100%']
    assert facts(resource(budget, fixed)) == ['2,000 AUD from 2026-01-09 on']


ODD: tuple[Value, ...] = (None, 3, 'text', [], {}, [None], {'type': 3}, Ref('other', 'id'), [Ref('other', 'id')])


@pytest.mark.parametrize('type_', sorted(RESOURCES))
@pytest.mark.parametrize('odd', ODD)
def test_a_known_type_in_a_form_that_nobody_has_seen_stops_no_report(type_: str, odd: Value) -> None:
    keys = ('location', 'versioning', 'lifecycleRules', 'autoclass', 'amount', 'budgetFilter', 'thresholdRules')
    more = ('billingAccount', 'format', 'description', 'limit', 'softDeletePolicy', 'requesterPays', 'displayName')
    assert all(isinstance(said, str) for said in facts(resource(type_, dict.fromkeys((*keys, *more), odd))))
    nested: Value = {'age': odd, 'type': odd, 'action': odd, 'condition': odd}
    assert all(isinstance(said, str) for said in facts(resource(type_, {'lifecycleRules': [nested], 'amount': nested})))


def test_a_value_that_a_deployment_makes_is_said_to_be_unknown_and_another_is_not_told() -> None:
    key = Computed('base64_decode', (Ref('alpha-gcp-key', 'privateKey'),))
    assert value_note(key) == 'value known after deployment: base64_decode(«alpha-gcp-key.privateKey»)'
    assert value_note('password') == 'value written'


def test_an_unknown_type_is_named_by_the_end_of_its_token() -> None:
    assert resource_word('gcp:pubsub/topic:Topic') == 'topic'
    assert resource_word('gcp:bigquery/datasetAccess:DatasetAccess') == 'dataset access'
    assert resource_word('dry-run:hail-user') == 'Hail user'


def test_amounts_agree_in_number() -> None:
    assert [amount(1, 'person'), amount(2, 'person'), amount(1200, 'registry'), amount(0, 'key')] == [
        '1 person',
        '2 people',
        '1,200 registries',
        '0 keys',
    ]
