"""What can go wrong in resources for Google Cloud, Hail Batch and metamist."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from tests.evaluator.editing import Edit, Lowered, Mutation, beside, changed, of, other, with_inputs, without
from tests.evaluator.words import Plain

BUCKETS: Final = 'gcp:storage/bucketIAM'
POLICIES: Final = (
    BUCKETS,
    'gcp:projects/iAM',
    'gcp:serviceaccount/iAM',
    'gcp:secretmanager/secretIam',
    'gcp:artifactregistry/repositoryIam',
    'gcp:cloudrun/iam',
    'gcp:bigquery/datasetIam',
    'gcp:bigquery/iam',
    'gcp:pubsub/topicIAM',
    'gcp:pubsub/subscriptionIAM',
    'gcp:billing/accountIam',
)
MEMBERS: Final = 'cpg:google:GroupMembers'
ENTITLEMENTS: Final = 'gcp:privilegedaccessmanager/entitlement'
STRANGER: Final = 'stranger@example.com'

SWAPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        BUCKETS,
        (
            'organizations/123/roles/StorageLister',
            'organizations/123/roles/StorageObjectAndBucketViewer',
            'organizations/123/roles/StorageViewerAndCreator',
            'organizations/123/roles/StorageObjectAndBucketMutator',
            'roles/storage.admin',
            'roles/storage.objectViewer',
        ),
    ),
    (
        'gcp:projects/iAM',
        (
            'roles/browser',
            'roles/compute.viewer',
            'roles/dataproc.admin',
            'roles/logging.viewer',
            'roles/storage.admin',
            'roles/storage.objectViewer',
            'organizations/123/roles/StorageObjectAndBucketViewer',
        ),
    ),
    (
        'gcp:serviceaccount/iAM',
        (
            'roles/iam.serviceAccountUser',
            'roles/iam.serviceAccountKeyAdmin',
            'roles/iam.serviceAccountTokenCreator',
        ),
    ),
    ('gcp:secretmanager/secretIam', ('roles/secretmanager.secretAccessor', 'roles/secretmanager.secretVersionAdder')),
    (
        'gcp:artifactregistry/repositoryIam',
        ('roles/artifactregistry.reader', 'roles/artifactregistry.writer', 'roles/artifactregistry.repoAdmin'),
    ),
    (
        'gcp:bigquery/',
        ('roles/bigquery.dataViewer', 'roles/bigquery.dataEditor', 'roles/bigquery.dataOwner'),
    ),
    ('gcp:pubsub/topicIAM', ('roles/pubsub.publisher', 'roles/pubsub.subscriber', 'roles/pubsub.editor')),
    ('gcp:pubsub/subscriptionIAM', ('roles/pubsub.publisher', 'roles/pubsub.subscriber', 'roles/pubsub.editor')),
    ('gcp:billing/accountIam', ('roles/billing.viewer', 'roles/billing.costsManager')),
)
"""Roles that may be mistaken for each other, by what they are on."""


def _role(resource: Plain) -> str:
    role = resource['inputs']['role']
    return role if isinstance(role, str) else f'organizations/123{role["$concat"][-1]}'


def _swapped_roles(lowered: Lowered) -> Iterator[Edit]:
    for begin, roles in SWAPS:
        for resource in (each for each in of(lowered, begin) if 'role' in each['inputs']):
            yield from (with_inputs(resource, role=role) for role in roles if role != _role(resource))


def _groups(lowered: Lowered) -> list[Plain]:
    return [resource['inputs']['groupKey']['id'] for resource in of(lowered, 'gcp:cloudidentity/group:')]


def _members(resource: Plain) -> list[Plain]:
    inputs = resource['inputs']
    members: list[Plain] = inputs['members'] if 'members' in inputs else [inputs['member']]
    return members


def _said(resource: Plain, members: list[Plain]) -> Edit:
    return with_inputs(
        resource, **({'members': members} if 'members' in resource['inputs'] else {'member': members[0]})
    )


def _each_member(lowered: Lowered, change: Callable[[Plain], Plain | None]) -> Iterator[Edit]:
    """Every binding with one member replaced by what `change` makes of it."""
    for resource in of(lowered, *POLICIES):
        for position, member in enumerate(_members(resource)):
            changed_ = change(member)
            if changed_ is not None and changed_ not in _members(resource):
                members = copy.deepcopy(_members(resource))
                members[position] = changed_
                yield _said(resource, members)


def _lost_members(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, *POLICIES):
        members = _members(resource)
        if len(members) == 1:
            yield without(resource)
        for position in range(len(members) if len(members) > 1 else 0):
            yield _said(resource, members[:position] + members[position + 1 :])


def _added_members(lowered: Lowered) -> Iterator[Edit]:
    more = [f'user:{STRANGER}', 'allUsers', *(f'group:{group}' for group in _groups(lowered))]
    there: defaultdict[str, list[Plain]] = defaultdict(list)
    for resource in of(lowered, *POLICIES):
        there[_scope(resource)] += _members(resource)
    for number, resource in enumerate(of(lowered, *POLICIES)):
        # Who is there already may hold a role that includes this one.
        new = next(each for each in (*more[number % len(more) :], *more) if each not in there[_scope(resource)])
        if 'members' in resource['inputs']:
            yield _said(resource, [*_members(resource), new])
        else:
            yield beside(resource, resource['type'], {**resource['inputs'], 'member': new})


def _scope(resource: Plain) -> str:
    named = {key: value for key, value in resource['inputs'].items() if key not in {'role', 'member', 'members'}}
    return f'{resource["type"].partition("/")[0]} {named}'


def _swapped_groups(lowered: Lowered) -> Iterator[Edit]:
    groups = [f'group:{group}' for group in _groups(lowered)]
    return _each_member(lowered, lambda member: other(groups, member) if member in groups else None)


def _swapped_kinds(lowered: Lowered) -> Iterator[Edit]:
    kinds = {'user': 'group', 'group': 'serviceAccount', 'serviceAccount': 'user'}

    def change(member: Plain) -> Plain | None:
        if not isinstance(member, str) or ':' not in member:
            return None
        kind, _, address = member.partition(':')
        return f'{kinds[kind]}:{address}' if kind in kinds else None

    return _each_member(lowered, change)


def _moved(lowered: Lowered) -> Iterator[Edit]:
    buckets = [resource['inputs']['name'] for resource in of(lowered, 'gcp:storage/bucket:')]
    for resource in of(lowered, BUCKETS):
        elsewhere = other(buckets, resource['inputs']['bucket'])
        if elsewhere is not None:
            yield with_inputs(resource, bucket=elsewhere)


def _widened(lowered: Lowered) -> Iterator[Edit]:
    projects = {each['inputs']['name']: each['inputs']['project'] for each in of(lowered, 'gcp:storage/bucket:')}
    for resource in of(lowered, BUCKETS):
        project = projects.get(resource['inputs']['bucket'])
        role = resource['inputs']['role']
        # Who lists a bucket of a dataset lists all of them as it is.
        for member in _members(resource) if project is not None and 'StorageLister' not in _role(resource) else ():
            yield beside(
                resource,
                'gcp:projects/iAMMember:IAMMember',
                {'project': project, 'role': role, 'member': member},
            )


def _narrowed(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, BUCKETS):
        name = f'projects/_/buckets/{resource["inputs"]["bucket"]}/objects/public/'
        yield with_inputs(resource, condition={'expression': f'resource.name.startsWith("{name}")', 'title': 'public'})


def _unknown(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'gcp:storage/bucket:'):
        inputs = {'bucket': resource['inputs']['name'], 'entity': 'allUsers', 'role': 'READER'}
        yield beside(resource, 'gcp:storage/bucketAccessControl:BucketAccessControl', inputs)


# Programs elsewhere ---------------------------------------------------------------------------------------


def _other_outsiders(lowered: Lowered) -> Iterator[Edit]:
    def ending(old: str, new: str) -> Callable[[Plain], Plain | None]:
        def change(member: Plain) -> Plain | None:
            if not isinstance(member, str) or not member.startswith('principal'):
                return None
            return member.replace(old, new) if old in member else None

        return change

    for old, new in (
        ('/70', '/80'),
        ('/development', '/trial'),
        ('/attribute.repository_environment/', '/attribute.repository/'),
        ('/github-pool/', '/another-pool/'),
        ('repo:lantern/', 'repo:stranger/'),
        (':environment:', ':ref:'),
    ):
        yield from _each_member(lowered, ending(old, new))
    for resource in of(lowered, 'gcp:serviceaccount/iAM'):
        members = _members(resource)
        pools = {each.partition('/attribute.')[0] for each in members if str(each).startswith('principalSet:')}
        yield from (_said(resource, [*members, f'{pool}/*']) for pool in sorted(pools))


def _open_pools(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'gcp:iam/workloadIdentityPoolProvider:'):
        now = resource['inputs']['attributeMapping']
        yield with_inputs(resource, attributeCondition=None)
        yield with_inputs(resource, attributeCondition='assertion.repository_owner_id != "0"')
        yield with_inputs(resource, attributeMapping={**now, 'google.subject': 'assertion.actor'})
        yield from (
            with_inputs(resource, attributeMapping={**now, 'attribute.repository_environment': what})
            for what in ('assertion.repository', 'assertion.actor_id + "/" + assertion.environment')
        )
        yield with_inputs(resource, oidc={'issuerUri': 'https://issuer.example.com'})


# Roles that a plan makes ----------------------------------------------------------------------------------


def _other_permissions(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'gcp:organizations/iAMCustomRole:'):
        now, name = resource['inputs']['permissions'], resource['inputs']['roleId']
        # A role that nobody holds is not missed.
        if not any(name in _role(each) for each in of(lowered, *POLICIES) if 'role' in each['inputs']):
            continue
        for more in ('billing.budgets.update', 'resourcemanager.projects.createBillingAssignment'):
            if more.startswith(now[0].partition('.')[0]):
                yield with_inputs(resource, permissions=[*now, more])
        for less in ('billing.accounts.get', 'billing.budgets.list', *now[:1]):
            if less in now:
                yield with_inputs(resource, permissions=[each for each in now if each != less])


def _old_accesses(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'gcp:bigquery/dataset:'):
        yield with_inputs(resource, accesses=[{'role': 'READER', 'specialGroup': 'allAuthenticatedUsers'}])


# Groups ---------------------------------------------------------------------------------------------------


def _lists(lowered: Lowered) -> Iterator[Plain]:
    return (resource for resource in of(lowered, MEMBERS) if resource['inputs'].get('members'))


def _lost_memberships(lowered: Lowered) -> Iterator[Edit]:
    for resource in _lists(lowered):
        members = resource['inputs']['members']
        yield without(resource)
        for position in range(len(members)):
            yield with_inputs(resource, members=members[:position] + members[position + 1 :])


def _added_memberships(lowered: Lowered) -> Iterator[Edit]:
    groups = _groups(lowered)
    for resource in _lists(lowered):
        inputs = resource['inputs']
        yield with_inputs(resource, members=[*inputs['members'], STRANGER])
        yield from (
            with_inputs(resource, members=[*inputs['members'], group])
            for group in groups
            if group not in inputs['members'] and group != inputs['group']
        )


def _moved_lists(lowered: Lowered) -> Iterator[Edit]:
    groups = _groups(lowered)
    for resource in _lists(lowered):
        elsewhere = other(groups, resource['inputs']['group'])
        if elsewhere is not None:
            yield with_inputs(resource, group=elsewhere)


# Temporary access -----------------------------------------------------------------------------------------


def _bindings(lowered: Lowered, change: Callable[[dict[str, Plain]], None]) -> Iterator[Edit]:
    for resource in of(lowered, ENTITLEMENTS):
        yield changed(resource, lambda inputs: change(inputs['privilegedAccess']['gcpIamAccess']['roleBindings'][0]))


def _longer(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, ENTITLEMENTS):
        yield from (with_inputs(resource, maxRequestDuration=each) for each in ('604801s', '2592000s', '3600s'))


def _unconditional(lowered: Lowered) -> Iterator[Edit]:
    return _bindings(lowered, lambda binding: binding.pop('conditionExpression'))


def _looser(lowered: Lowered) -> Iterator[Edit]:
    def change(old: str, new: str) -> Callable[[dict[str, Plain]], None]:
        def edit(binding: dict[str, Plain]) -> None:
            before = binding['conditionExpression']
            binding['conditionExpression'] = before.replace(old, new)
            assert binding['conditionExpression'] != before

        return edit

    for old, new in (
        ('main/objects/"', 'main"'),
        (' && (', ' || ('),
        ('resource.name == "', 'resource.name != "'),
        ('main"', 'main-analysis"'),
        ('/objects/")', '/objects/public/")'),
    ):
        yield from _bindings(lowered, change(old, new))


def _stronger(lowered: Lowered) -> Iterator[Edit]:
    for role in ('roles/storage.objectAdmin', 'roles/storage.admin', 'roles/storage.objectCreator'):
        yield from _bindings(lowered, lambda binding, role=role: binding.update(role=role))  # type: ignore[misc]  # bound here


def _asked_by_others(lowered: Lowered) -> Iterator[Edit]:
    groups = [f'group:{group}' for group in _groups(lowered)]
    for resource in of(lowered, ENTITLEMENTS):
        (now,) = resource['inputs']['eligibleUsers'][0]['principals']
        for who in ([now, f'user:{STRANGER}'], [other(groups, now)], []):
            yield with_inputs(resource, eligibleUsers=[{'principals': who}])


def _unapproved(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, ENTITLEMENTS):
        yield with_inputs(resource, requesterJustificationConfig={'notMandatory': {}})
        workflow = resource['inputs'].get('approvalWorkflow')
        if workflow is not None:
            yield with_inputs(resource, approvalWorkflow=None)
            steps = workflow['manualApprovals']['steps']
            anybody = [{**step, 'approvers': {'principals': ['group:everybody@example.org']}} for step in steps]
            yield with_inputs(resource, approvalWorkflow={'manualApprovals': {'steps': anybody}})
            yield with_inputs(resource, approvalWorkflow={'manualApprovals': {'steps': [*steps, steps[0]]}})
            if len(steps) > 1:
                yield with_inputs(resource, approvalWorkflow={'manualApprovals': {'steps': steps[:1]}})


# Hail Batch and metamist ----------------------------------------------------------------------------------


def _lists_of_users(lowered: Lowered, change: Callable[[list[Plain]], list[Plain]]) -> Iterator[Edit]:
    for resource in of(lowered, 'cpg:hail:BillingProject'):
        yield with_inputs(resource, users=change(resource['inputs']['users']))
    for resource in of(lowered, 'cpg:metamist:Project'):
        members = resource['inputs'].get('members') or {}
        for role, addresses in members.items():
            yield with_inputs(resource, members={**members, role: change(addresses)})


def _other_lines(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'gcp:storage/bucketObject:'):
        if resource['inputs']['name'].endswith('-members.txt'):
            content = resource['inputs']['content']
            if isinstance(content, str):
                first, _, rest = content.partition('\n')
                yield with_inputs(resource, content=f'{content}\n{STRANGER}')
                if first:
                    yield with_inputs(resource, content=rest or '\n')
            else:
                first, *others = content['$member_lines']
                yield with_inputs(resource, content={'$member_lines': others})
                yield with_inputs(resource, content={'$member_lines': [first, *others, STRANGER]})


def _lost_users(lowered: Lowered) -> Iterator[Edit]:
    return (edit for edit in _lists_of_users(lowered, lambda users: users[1:]) if _differs(edit, lowered))


def _added_users(lowered: Lowered) -> Iterator[Edit]:
    return _lists_of_users(lowered, lambda users: [*users, STRANGER])


def _swapped_metamist_roles(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'cpg:metamist:Project'):
        members = resource['inputs'].get('members') or {}
        edit = with_inputs(
            resource,
            members={**members, 'reader': members.get('writer', []), 'writer': members.get('reader', [])},
        )
        if members and set(map(str, members['reader'])) != set(map(str, members['writer'])):
            yield edit


def _differs(edit: Edit, lowered: Lowered) -> bool:
    return edit.after[0] not in lowered


GOOGLE: Final = (
    Mutation('a role is swapped for another', _swapped_roles),
    Mutation('a member of a binding is lost', _lost_members),
    Mutation('a binding takes in one more member', _added_members),
    Mutation('a binding names another group', _swapped_groups),
    Mutation('a member is called a person, a program or a group, and is another', _swapped_kinds),
    Mutation('a binding is on another bucket', _moved),
    Mutation('a binding on a bucket is on the whole project too', _widened),
    Mutation('a binding gets a condition', _narrowed),
    Mutation('a bucket gets an access control of an older kind', _unknown),
    Mutation('a program elsewhere comes in, and is another, or is any', _other_outsiders),
    Mutation('a pool takes the tokens of others, or mistakes whose they are', _open_pools),
    Mutation('a role that the plan makes holds other permissions', _other_permissions),
    Mutation('a set of tables gets an access control of an older kind', _old_accesses),
    Mutation('a membership is lost', _lost_memberships),
    Mutation('a group takes in one more member', _added_memberships),
    Mutation('the members of a group are in another group', _moved_lists),
    Mutation('an entitlement lasts for another time', _longer),
    Mutation('an entitlement has no condition', _unconditional),
    Mutation('the condition of an entitlement is another', _looser),
    Mutation('an entitlement gives another role', _stronger),
    Mutation('others may ask for an entitlement', _asked_by_others),
    Mutation('an entitlement is approved in another way, or needs no reason', _unapproved),
    Mutation('a user of Hail Batch or metamist is lost', _lost_users),
    Mutation('Hail Batch or metamist takes in one more user', _added_users),
    Mutation('the file of a group’s members names others', _other_lines),
    Mutation('readers of metamist are writers, and writers readers', _swapped_metamist_roles),
)
