"""Allow policies: who has which role on a thing.

There is one policy per thing, `role → members`, whoever writes it. A *binding* says who has a role: it replaces the
members of that role, and takes the role away from all of them when it goes. A *member* adds one, and takes that one
away. So what somebody else granted is there to be seen, kept by the one and removed by the other.

A role under a condition is a role of its own: the same role without it, or under another one, is left alone. When a
condition holds is not worked out here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.simulated_cloud.gcp.accounts import account_of
from tests.simulated_cloud.gcp.lookups import refuse_unknown_principal
from tests.simulated_cloud.kind import Inputs, Made
from tests.simulated_cloud.world import Refused, World

PRINCIPALS: Final = 1_500
"""Principals in one policy, counting every appearance."""

GROUPS: Final = 250
"""Groups in one policy."""

BASIC: Final = frozenset({'roles/owner', 'roles/editor', 'roles/viewer'})


@dataclass(frozen=True)
class Target:
    """What has a policy. `path` is how the provider's ids begin, `thing` the key of the thing."""

    what: str
    scope: tuple[str, ...]
    path: str
    thing: Callable[[Inputs], str]

    def id_of(self, inputs: Inputs) -> str:
        return self.path.format_map(inputs)

    def inputs_of(self, path: str) -> dict[str, str]:
        """The scope in the path of an import. Raises `Refused` when it is none."""
        pattern = re.sub(r'\\\{(\w+)\\\}', r'(?P<\1>[^ ]+?)', re.escape(self.path))
        match = re.fullmatch(pattern, path)
        if match is None:
            raise Refused(f'import id {path!r} is not of the form {self.path!r}')
        return match.groupdict()


def entry_of(inputs: Inputs) -> str:
    """Under which key of a policy a grant is: its role, and its condition if it has one."""
    condition = inputs.get('condition')
    return f'{inputs["role"]} when {json.dumps(condition, sort_keys=True)}' if condition else str(inputs['role'])


def condition_titled(world: World, thing: str, role: str, title: str) -> Mapping[str, str] | None:
    """The condition of this title under which somebody has a role on a thing."""
    for entry in (world.get(f'policy {thing}') or {'roles': {}})['roles']:
        granted, _, condition = entry.partition(' when ')
        if granted == role and condition and json.loads(condition)['title'] == title:
            found: Mapping[str, str] = json.loads(condition)
            return found
    return None


def members_of(world: World, thing: str, entry: str) -> list[str]:
    """Who has a role on a thing."""
    policy = world.get(f'policy {thing}')
    return list(policy['roles'].get(entry, ())) if policy else []


def write(world: World, target: Target, inputs: Inputs, members: Iterable[str]) -> None:
    """Let exactly `members` have the role. Raises `Refused` for what Google refuses."""
    thing, role, entry = target.thing(inputs), inputs['role'], entry_of(inputs)
    _refuse_missing(world, target, inputs)
    _refuse_condition(world, target, inputs)
    there: Mapping[str, list[str]] = (world.get(f'policy {thing}') or {'roles': {}})['roles']
    new = list(dict.fromkeys(members))
    if new and not re.fullmatch(r'roles/[a-z][A-Za-z.]+', role) and world.get(f'role {role}') is None:
        raise Refused(
            f"{_called(target, inputs)}: googleapi: Error 400: Role ({role}) does not exist in the resource's "
            'hierarchy., badRequest'
        )
    for member in new:
        if member not in there.get(entry, ()):
            refuse_unknown_principal(world, member)
    roles = {**there, entry: new}
    if not new:
        del roles[entry]
    _refuse_large(roles)
    world.put(f'policy {thing}', {'type': 'policy', 'roles': roles, 'etag': f'e{world.next_number()}'})


def _refuse_missing(world: World, target: Target, inputs: Inputs) -> None:
    if world.sees(target.thing(inputs)) is None:
        raise Refused(
            f'{_called(target, inputs)}: Error retrieving IAM policy: googleapi: Error 404: The specified '
            f'{target.what} does not exist., notFound'
        )


def _refuse_condition(world: World, target: Target, inputs: Inputs) -> None:
    """Basic roles take none, and a bucket takes them only when its objects have no access lists of their own."""
    if not inputs.get('condition'):
        return
    if inputs['role'] in BASIC:
        raise Refused(
            f'{_called(target, inputs)}: googleapi: Error 400: Conditions can not be set on primitive roles., badRequest'
        )
    thing = world.get(target.thing(inputs))
    if target is BUCKET and thing is not None and not thing['inputs'].get('uniformBucketLevelAccess'):
        raise Refused(
            f'{_called(target, inputs)}: googleapi: Error 412: Conditions are only supported when uniform bucket-level '
            'access is enabled., conditionNotMet'
        )


def _refuse_large(roles: Mapping[str, list[str]]) -> None:
    appearances = [member for members in roles.values() for member in members]
    if len(appearances) > PRINCIPALS:
        raise Refused(
            f'googleapi: Error 400: The number of members in the policy ({len(appearances)}) is larger than the '
            f'maximum allowed size {PRINCIPALS}., badRequest'
        )
    groups = {member for member in appearances if member.startswith('group:')}
    if len(groups) > GROUPS:
        raise Refused(
            f'googleapi: Error 400: The number of groups in the policy ({len(groups)}) is larger than the maximum '
            f'allowed size {GROUPS}., badRequest'
        )


def _called(target: Target, inputs: Inputs) -> str:
    return f'Error applying IAM policy for {target.what} "{target.id_of(inputs)}"'


@dataclass(frozen=True)
class Grant:
    """A `Kind` that writes into the policy of its target; `principals` is its key that says whom."""

    token: str
    target: Target
    principals: str
    required: tuple[str, ...]
    replaces: frozenset[str]
    delete_first: bool = False
    unordered: frozenset[str] = frozenset({'members'})
    secrets: frozenset[str] = frozenset()
    autonamed: bool = False

    def check(self, inputs: Inputs) -> Iterable[tuple[str, str]]:
        """A condition must say what it is called and when it holds."""
        if (condition := inputs.get('condition')) is not None:
            yield from (
                (f'condition.{key}', f'Missing required property {key!r}')
                for key in ('title', 'expression')
                if not condition.get(key)
            )

    def create(self, world: World, inputs: Inputs) -> Made:
        self._write(world, inputs, granted=True)
        return self._made(world, inputs)

    def read(self, world: World, id_: str, known: Inputs) -> Made | None:
        keys = (*self.target.scope, 'role', self.principals, 'condition')
        inputs: Inputs = (
            {key: known[key] for key in keys if key in known} if 'role' in known else self._imported(world, id_)
        )
        thing = self.target.thing(inputs)
        if world.get(thing) is None:
            return None
        there = members_of(world, thing, entry_of(inputs))
        if self.principals == 'members':
            return self._made(world, {**inputs, 'members': there}) if there else None
        return self._made(world, inputs) if inputs['member'] in there else None

    def _imported(self, world: World, id_: str) -> Inputs:
        """What an import id says: path, role, the member if it is about one, and the title of a condition."""
        path, role, *rest = id_.split(' ')
        inputs: dict[str, Any] = {**self.target.inputs_of(path), 'role': role}
        if self.principals == 'member':
            inputs['member'], *rest = rest
        if rest:
            title = ' '.join(rest)
            inputs['condition'] = condition_titled(world, self.target.thing(inputs), role, title)
            if inputs['condition'] is None:
                raise Refused(f'Cannot find binding for {role!r} with the condition {title!r}')
        return inputs

    def update(self, world: World, id_: str, old: Inputs, new: Inputs) -> Made:
        return self.create(world, new)

    def delete(self, world: World, id_: str, known: Inputs) -> None:
        if world.get(self.target.thing(known)) is not None:
            self._write(world, known, granted=False)

    def _write(self, world: World, inputs: Inputs, *, granted: bool) -> None:
        if self.principals == 'members':
            wanted = inputs['members'] if granted else []
        else:
            there = members_of(world, self.target.thing(inputs), entry_of(inputs))
            wanted = [each for each in there if each != inputs['member']]
            wanted += [inputs['member']] if granted else []
        write(world, self.target, inputs, wanted)

    def _made(self, world: World, inputs: Inputs) -> Made:
        policy = world.get(f'policy {self.target.thing(inputs)}')
        parts = [self.target.id_of(inputs), inputs['role']]
        if self.principals == 'member':
            parts.append(inputs['member'])
        if condition := inputs.get('condition'):
            parts += [condition['title'], condition.get('description') or '', condition['expression']]
        return Made('/'.join(parts), dict(inputs), {'etag': policy['etag'] if policy else ''})


PROJECT = Target('project', ('project',), '{project}', lambda at: f'project {at["project"]}')
BUCKET = Target('bucket', ('bucket',), 'b/{bucket}', lambda at: f'bucket {at["bucket"]}')
ACCOUNT = Target(
    'service account',
    ('serviceAccountId',),
    '{serviceAccountId}',
    lambda at: f'account {account_of(at["serviceAccountId"])}',
)
SECRET = Target(
    'secret',
    ('project', 'secretId'),
    'projects/{project}/secrets/{secretId}',
    lambda at: f'secret {at["project"]}/{at["secretId"].rpartition("/")[2]}',
)
REGISTRY = Target(
    'repository',
    ('project', 'location', 'repository'),
    'projects/{project}/locations/{location}/repositories/{repository}',
    lambda at: f'registry {at["project"]}/{at["location"]}/{at["repository"]}',
)
SERVICE = Target(
    'service',
    ('project', 'location', 'service'),
    'v1/projects/{project}/locations/{location}/services/{service}',
    lambda at: f'run {at["project"]}/{at["location"]}/{at["service"]}',
)

TABLES = Target(
    'dataset',
    ('project', 'datasetId'),
    'projects/{project}/datasets/{datasetId}',
    lambda at: f'tables {at["project"]}/{at["datasetId"]}',
)
TABLE = Target(
    'table',
    ('project', 'datasetId', 'tableId'),
    'projects/{project}/datasets/{datasetId}/tables/{tableId}',
    lambda at: f'table {at["project"]}/{at["datasetId"]}/{at["tableId"]}',
)
TOPIC = Target(
    'topic',
    ('project', 'topic'),
    'projects/{project}/topics/{topic}',
    lambda at: f'topic projects/{at["project"]}/topics/{at["topic"]}',
)
SUBSCRIPTION = Target(
    'subscription',
    ('project', 'subscription'),
    'projects/{project}/subscriptions/{subscription}',
    lambda at: f'subscription projects/{at["project"]}/subscriptions/{at["subscription"]}',
)
BILLING = Target(
    'billing account',
    ('billingAccountId',),
    '{billingAccountId}',
    lambda at: f'billing {at["billingAccountId"]}',
)

OPTIONAL_SCOPE: Final = frozenset({'project', 'location'})
"""Which the provider's configuration may give; we have no such configuration, so a project must say its own."""


def _grant(token: str, target: Target, principals: str) -> Grant:
    scope = target.scope if target is PROJECT else tuple(key for key in target.scope if key not in OPTIONAL_SCOPE)
    fixed = {*target.scope, 'role', 'condition', *({'member'} if principals == 'member' else ())}
    return Grant(token, target, principals, (*scope, 'role', principals), frozenset(fixed))


GRANTS: Final = tuple(
    _grant(token, target, principals)
    for token, target, principals in (
        ('gcp:projects/iAMBinding:IAMBinding', PROJECT, 'members'),
        ('gcp:projects/iAMMember:IAMMember', PROJECT, 'member'),
        ('gcp:storage/bucketIAMBinding:BucketIAMBinding', BUCKET, 'members'),
        ('gcp:storage/bucketIAMMember:BucketIAMMember', BUCKET, 'member'),
        ('gcp:serviceaccount/iAMBinding:IAMBinding', ACCOUNT, 'members'),
        ('gcp:serviceaccount/iAMMember:IAMMember', ACCOUNT, 'member'),
        ('gcp:secretmanager/secretIamBinding:SecretIamBinding', SECRET, 'members'),
        ('gcp:secretmanager/secretIamMember:SecretIamMember', SECRET, 'member'),
        ('gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding', REGISTRY, 'members'),
        ('gcp:artifactregistry/repositoryIamMember:RepositoryIamMember', REGISTRY, 'member'),
        ('gcp:bigquery/datasetIamMember:DatasetIamMember', TABLES, 'member'),
        ('gcp:bigquery/iamMember:IamMember', TABLE, 'member'),
        ('gcp:billing/accountIamMember:AccountIamMember', BILLING, 'member'),
        ('gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember', SUBSCRIPTION, 'member'),
        ('gcp:pubsub/topicIAMMember:TopicIAMMember', TOPIC, 'member'),
        ('gcp:cloudrun/iamBinding:IamBinding', SERVICE, 'members'),
        ('gcp:cloudrun/iamMember:IamMember', SERVICE, 'member'),
    )
)
