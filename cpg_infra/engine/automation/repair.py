"""After a run that was killed: what it was making is looked for in the cloud, and taken over where it is there.

The state of a killed run says what was in flight, not what came of it. Making it once more fails for everything whose
name exists only once (a bucket, a project). So each such resource whose id can be told is put into the state, and read
at once: the provider fills in what there is, and the engine forgets what is not there. What cannot be told by an id is
made again; our own provider adopts what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from cpg_infra.engine.automation.state import Kept, State

Inputs: TypeAlias = Mapping[str, Any]

IDS: Final[Mapping[str, Callable[[Inputs], str]]] = {
    'gcp:artifactregistry/repository:Repository': lambda made: (
        f'projects/{made["project"]}/locations/{made["location"]}/repositories/{made["repositoryId"]}'
    ),
    'gcp:organizations/project:Project': lambda made: f'projects/{made["projectId"]}',
    'gcp:secretmanager/secret:Secret': lambda made: f'projects/{made["project"]}/secrets/{made["secretId"]}',
    'gcp:serviceaccount/account:Account': lambda made: (
        f'projects/{made["project"]}/serviceAccounts/{made["accountId"]}@{made["project"]}.iam.gserviceaccount.com'
    ),
    'gcp:storage/bucket:Bucket': lambda made: str(made['name']),
}
"""What the cloud calls a thing of a type, from its inputs. Only types that cannot be made twice."""


def in_flight(state: State) -> tuple[Kept, ...]:
    """What was being made, with an id where one can be told, and was not finished."""
    known = {each['urn'] for each in state.resources}
    creating = (each['resource'] for each in state.pending if each['type'] == 'creating')
    found = (_with_id(each) for each in creating if each['urn'] not in known)
    return tuple(each for each in found if each is not None)


def with_in_flight(state: State) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The export with what was in flight as if it had been made, and the URNs that must be read now."""
    taken = in_flight(state)
    deployment = dict(state.export.get('deployment') or {})
    deployment.pop('pending_operations', None)
    deployment['resources'] = [*state.resources, *taken]
    return {**state.export, 'deployment': deployment}, tuple(each['urn'] for each in taken)


def _with_id(resource: Kept) -> Kept | None:
    if resource.get('id'):
        return resource
    tell = IDS.get(resource['type'])
    if tell is None:
        return None
    try:
        return {**resource, 'id': tell(resource.get('inputs') or {}), 'outputs': resource.get('inputs') or {}}
    except KeyError:
        return None
