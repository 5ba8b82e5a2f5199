"""After a run that was killed: what it was making is looked for in the cloud, and taken over where it is there.

The state of a killed run says what was in flight, not what came of it. Making it once more fails for everything whose
name exists only once (a bucket, a project), and makes a second one of what the cloud names itself. So each such
resource is put into the state with its id, which its inputs tell or its provider is asked for, and read at once: the
provider fills in what there is, and the engine forgets what is not there. Types of our own provider are simply made
again: it adopts what it finds and finishes it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from cpg_infra.engine.automation.ids import NOT_TOLD, Question, id_of, question_for
from cpg_infra.engine.automation.outcome import name_of
from cpg_infra.engine.automation.state import Kept, State


def being_made(state: State) -> tuple[Kept, ...]:
    """What was being made when the run was killed.

    Among it is what takes the place of a thing that was deleted first, as the state says; not what was to replace a
    thing that is still there, for which the state has no second place.
    """
    known = {each['urn'] for each in state.resources if not each.get('pendingReplacement')}
    creating = (each['resource'] for each in state.pending if each['type'] == 'creating')
    return tuple(each for each in creating if each['urn'] not in known)


def questions(state: State) -> Mapping[str, Question]:
    """What providers must be asked for the ids, by URN."""
    found = ((each['urn'], question_for(each['type'], _inputs(each))) for each in being_made(state))
    return {urn: question for urn, question in found if question is not None}


def with_taken_over(state: State, ids: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The export with what was in flight as if it had been made, and the URNs that must be read now.

    `ids` are what providers answered, by URN.
    """
    providers = {f'{each["urn"]}::{each.get("id")}': each for each in state.resources}
    taken: dict[str, Kept] = {}
    for each in being_made(state):
        provider = providers.get(each.get('provider', ''), {})
        subscription = _inputs(provider).get('subscriptionId') or os.environ.get('ARM_SUBSCRIPTION_ID')
        found = each.get('id') or ids.get(each['urn']) or id_of(each['type'], _inputs(each), subscription)
        if found:
            taken[each['urn']] = {**each, 'id': found, 'outputs': _inputs(each)}
    deployment = dict(state.export.get('deployment') or {})
    deployment.pop('pending_operations', None)
    # What replaces a thing is in its place: others depend on it, and come after it.
    resources = dict(enumerate(state.resources))
    places = {each['urn']: index for index, each in resources.items() if each.get('pendingReplacement')}
    for urn, each in taken.items():
        resources[places.get(urn, len(resources))] = each
    deployment['resources'] = list(resources.values())
    return {**state.export, 'deployment': deployment}, tuple(taken)


def not_told(state: State) -> tuple[str, ...]:
    """What a person should look at, one sentence each: nobody can tell whether the killed run had made it."""
    return tuple(
        f'{name_of(each["urn"])} may have been made by the run that was killed and is made again: '
        f'{NOT_TOLD[each["type"]]}'
        for each in being_made(state)
        if each['type'] in NOT_TOLD
    )


def _inputs(resource: Kept) -> Mapping[str, Any]:
    return resource.get('inputs') or {}
