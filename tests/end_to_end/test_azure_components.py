"""Everything that there is on Azure for a dataset: secrets, registries, federation, budgets, the release."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter

from cpg_infra.plan import Plan
from tests.end_to_end.azure_organisations import DROPBOX, rich
from tests.end_to_end.harness import Deployment
from tests.simulated_cloud.building_azure import CREDENTIAL

PLAN = rich()


def test_everything_is_made_and_stays_as_it_is(nothing_deployed: Deployment) -> None:
    outcome = nothing_deployed.up(PLAN)
    assert outcome.errors == []
    assert outcome.done == Counter({('create', each.name): 1 for each in PLAN.resources})
    things = nothing_deployed.things('azure')
    made = Counter(key.partition(' ')[0] for key in things)
    assert (made['registry'], made['vault'], made['secret'], made['credential'], made['budget']) == (4, 2, 1, 3, 3)
    (secret,) = (key for key in things if key.startswith('secret '))
    dropboxes = json.loads(things[secret]['inputs']['properties']['value'])['dropboxes']
    assert [(each['id'], each['project']) for each in dropboxes] == [('partner', 'alpha')]
    readers = {
        thing['inputs']['principalId']
        for key, thing in things.items()
        if key.startswith('assignment ') and thing['inputs']['scope'] == things[secret]['id']
    }
    assert readers == {DROPBOX}
    kept = [path.read_text(encoding='utf-8') for path in nothing_deployed.folder.glob('state/**/*') if path.is_file()]
    assert kept
    assert not any('Partner laboratory' in text for text in kept)
    assert nothing_deployed.up(PLAN).steps == Counter()


def unordered(plan: Plan) -> Plan:
    """The plan in which a credential waits for nothing but its identity."""
    credentials = {each.name for each in plan.resources if each.type == CREDENTIAL}
    return dataclasses.replace(
        plan,
        resources=tuple(
            dataclasses.replace(each, depends_on=tuple(name for name in each.depends_on if name not in credentials))
            if each.name in credentials
            else each
            for each in plan.resources
        ),
    )


def test_credentials_of_one_identity_that_are_not_in_order_meet_and_are_refused(nothing_deployed: Deployment) -> None:
    """Why a plan puts them in order. All three are due at the moment when their identity is there."""
    failed = nothing_deployed.up(unordered(PLAN))
    assert any('ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity' in each for each in failed.errors)
    assert {name for _, name in failed.failed} <= {each.name for each in PLAN.resources if each.type == CREDENTIAL}


def test_a_credential_that_goes_is_deleted_while_no_other_is_written(nothing_deployed: Deployment) -> None:
    assert nothing_deployed.up(PLAN).is_sound
    fewer = rich(azure={'upload_federations': []})
    gone = {each.name for each in PLAN.resources if each.type == CREDENTIAL}
    outcome = nothing_deployed.up(fewer)
    assert outcome.errors == []
    assert outcome.done == Counter({('delete', name): 1 for name in gone})
