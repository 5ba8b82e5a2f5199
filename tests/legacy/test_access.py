"""Who may do what: the deployment's policies and groups against the plan's, every difference a decision.

The numbers are those of `docs/decisions/0002-differences-from-todays-deployment.md`; `table` is a row of the tables of access.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.legacy.deployment import (
    Right,
    access,
    expanded,
    groups_of_the_deployment,
    groups_of_the_plan,
    planned,
    rights_of_the_deployment,
    rights_of_the_plan,
)

DOMAIN = '@groups.harbour.example.org'
DATASETS = ('commons', 'coral', 'reef', 'tide')
WITH_TESTS = ('commons', 'coral', 'reef')
SERVICE = 'api@harbour-metamist.iam.gserviceaccount.com'
RUNNER = 'harbour-runner/runner-api'
INVOKE = 'roles/run.invoker'


class Change(NamedTuple):
    """A group's members that came or went."""

    decision: str
    group: str
    gone: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()


def groups(dataset: str, *suffixes: str) -> frozenset[str]:
    return frozenset(f'{dataset}-{suffix}{DOMAIN}' for suffix in suffixes)


def levels(dataset: str) -> tuple[str, ...]:
    return ('test', 'standard', 'full') if dataset in WITH_TESTS else ('standard', 'full')


def of_all(datasets: Iterable[str], *more: str, with_levels: bool) -> frozenset[str]:
    parts = (groups(dataset, *more, *(levels(dataset) if with_levels else ())) for dataset in datasets)
    return frozenset().union(*parts)


MEMBERSHIPS = (
    Change('2', f'reef-images-dev-writer{DOMAIN}', gone=groups('tide', 'images-dev-writer')),
    *(Change('3', f'{name}-sample-metadata-test-write{DOMAIN}', gone=groups(name, 'test-read')) for name in DATASETS),
    Change('4', f'commons-images-dev-reader{DOMAIN}', new=groups('commons', 'test')),
    Change('4', f'coral-images-dev-reader{DOMAIN}', new=groups('coral', 'test')),
    Change('2, 4', f'reef-images-dev-reader{DOMAIN}', new=groups('reef', 'test') | groups('tide', 'images-dev-writer')),
    *(Change('5', f'{name}-main-list{DOMAIN}', new=frozenset({SERVICE})) for name in DATASETS),
    *(
        Change('7', f'{name}-sm-hail-wheels-viewers{DOMAIN}', gone=groups(name, 'analysis', *levels(name)))
        for name in DATASETS
    ),
    Change('7', f'hail-wheels-viewers{DOMAIN}', new=of_all(DATASETS, 'analysis', with_levels=True)),
    Change('7', f'git-credentials-readers{DOMAIN}', new=of_all(DATASETS, with_levels=True)),
    Change('7', f'analysis-runner-invokers{DOMAIN}', new=of_all(DATASETS, 'analysis', with_levels=False)),
)


def test_every_change_of_a_groups_direct_members_is_a_decision() -> None:
    before, after = groups_of_the_deployment(), groups_of_the_plan()
    none: frozenset[str] = frozenset()
    changes = {
        group: (before.get(group, none) - after.get(group, none), after.get(group, none) - before.get(group, none))
        for group in before.keys() | after.keys()
        if before.get(group, none) != after.get(group, none)
    }
    assert changes == {change.group: (change.gone, change.new) for change in MEMBERSHIPS}


LADDER = ('StorageLister', 'StorageObjectAndBucketViewer', 'StorageViewerAndCreator', 'StorageObjectAndBucketMutator')
"""Each role on buckets includes those before it, so only the highest counts."""

LIST, READ, APPEND = LADDER[:3]


class Reach(NamedTuple):
    """What people and programs can do with one thing: before, after, and who."""

    decision: str
    thing: str
    before: str | None
    after: str | None
    who: frozenset[str]


def highest(rights: set[Right]) -> dict[tuple[str, str], str]:
    """The role of each person or program on each thing; of several on a bucket, the highest."""
    found: dict[tuple[str, str], str] = {}
    for right in sorted(rights):
        role = right.role.rpartition('/')[2]
        if right.kind == 'storage':
            there = found.get((right.thing, right.member), role)
            found[right.thing, right.member] = max(there, role, key=LADDER.index)
        else:
            found[f'{right.kind} {right.thing} {right.role}', right.member] = right.role
    return found


def programs(dataset: str, project: str, *of: str) -> frozenset[str]:
    """What runs at some levels of a dataset."""
    kinds = (
        name
        for level in of
        for name in (
            f'cromwell-{level}@{project}.iam.gserviceaccount.com',
            f'dataproc-{level}@{project}.iam.gserviceaccount.com',
            f'{dataset}-gcp-hail-batch-user-{level}@hail.iam.gserviceaccount.com',
        )
    )
    return frozenset(kinds)


TESTS = {
    'commons': programs('commons', 'harbour-commons', 'test'),
    'coral': programs('coral', 'coral-4711', 'test'),
    'reef': programs('reef', 'reef-4712', 'test'),
}
TIDE_JOBS = programs('tide', 'tide-4713', 'standard', 'full') | {
    'deploy@harbour-ci.iam.gserviceaccount.com',
    'deploy-full@harbour-ci.iam.gserviceaccount.com',
}
ANA, ELIF, FEMI = 'ana@harbour.example.org', 'elif@harbour.example.org', 'femi@harbour.example.org'
NOTEBOOK = 'notebook-reef@harbour-notebooks.iam.gserviceaccount.com'
PULL = 'roles/artifactregistry.reader'
LIST_PROJECT = 'organizations/1/roles/StorageLister'
REGISTRY = 'artifactregistry australia-southeast1'

REACH = (
    # Data managers of a dataset, and everybody of a read-only dependant, no longer write its pages.
    Reach('1', 'harbour-commons-main-web', APPEND, READ, frozenset({ANA, ELIF})),
    Reach('1', 'harbour-coral-main-web', APPEND, READ, TIDE_JOBS | {ANA, ELIF}),
    Reach('1', 'harbour-reef-main-web', APPEND, READ, TIDE_JOBS | {ELIF}),
    # Jobs at the level test pull the images that they push.
    Reach('4', f'{REGISTRY}/coral-4711/images-tmp {PULL}', None, PULL, TESTS['coral'] | TESTS['reef']),
    Reach(
        '4',
        f'{REGISTRY}/harbour-commons/images-tmp {PULL}',
        None,
        PULL,
        TESTS['commons'] | TESTS['coral'] | TESTS['reef'],
    ),
    *(
        Reach('5', f'projects {project} {LIST_PROJECT}', None, LIST_PROJECT, frozenset({SERVICE}))
        for project in ('harbour-commons', 'coral-4711', 'reef-4712', 'tide-4713')
    ),
    *(Reach('5', f'harbour-{name}-archive', None, LIST, frozenset({SERVICE})) for name in DATASETS),
    Reach('table: members cache', 'harbour-members-group-cache', None, READ, frozenset({SERVICE})),
    # There is no such service: the grant did nothing.
    Reach('14', f'cloudrun us-central1/{RUNNER} {INVOKE}', INVOKE, None, frozenset({ELIF, FEMI, NOTEBOOK})),
)


def test_everybody_can_do_what_they_can_do_today_but_for_the_decisions() -> None:
    before = highest(expanded(rights_of_the_deployment(), groups_of_the_deployment()))
    after = highest(expanded(rights_of_the_plan(), groups_of_the_plan()))
    changed: dict[tuple[str, str | None, str | None], set[str]] = {}
    for thing, member in before.keys() | after.keys():
        old, new = before.get((thing, member)), after.get((thing, member))
        if old != new:
            changed.setdefault((thing, old, new), set()).add(member)
    assert changed == {(reach.thing, reach.before, reach.after): set(reach.who) for reach in REACH}


def test_hail_users_keep_their_names() -> None:
    users = {name: it.inputs['username'] for name, it in planned().items() if it.type == 'cpg:hail:User'}
    assert users == dict(access()['hail users'])


def test_hail_billing_projects_keep_their_users() -> None:
    projects = (it.inputs for it in planned().values() if it.type == 'cpg:hail:BillingProject')
    assert {inputs['name']: inputs['users'] for inputs in projects} == dict(access()['hail billing projects'])


def test_metamist_projects_keep_their_members() -> None:
    projects = (it.inputs for it in planned().values() if it.type == 'cpg:metamist:Project')
    ours = {
        inputs['name']: {role: sorted(members) for role, members in inputs['members'].items()} for inputs in projects
    }
    assert ours == dict(access()['metamist projects'])


def test_every_group_still_accepts_external_members() -> None:
    lists = [it for it in planned().values() if it.type == 'cpg:google:GroupMembers']
    ours = {it.inputs['group'] for it in lists if it.inputs.get('allowExternalMembers') == 'true'}
    # The group that was made by hand is somebody else's: its settings are left alone.
    assert ours == groups_of_the_plan().keys() - {'groups/0cromwell'}
