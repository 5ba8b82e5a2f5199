"""Access as Google Cloud would see it: bindings, groups and entitlements, read from lowered resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from tests.evaluator.google_conditions import GOOGLE, Target
from tests.evaluator.google_federation import POOL, PROVIDER, outsider, refuse_open_pools
from tests.evaluator.google_permissions import HOLDS, NEEDS, SERVICES
from tests.evaluator.google_roles import CUSTOM, Patterns, Roles, holds
from tests.evaluator.resources import Resources, UnreadableError, ref, text
from tests.evaluator.words import Abilities, Ability, Gathering, Plain, Request, Thing, every

PROJECT: Final = 'gcp:organizations/project:Project'
GROUP: Final = 'gcp:cloudidentity/group:Group'
MEMBERS: Final = 'cpg:google:GroupMembers'
ENTITLEMENT: Final = 'gcp:privilegedaccessmanager/entitlement:entitlement'
TABLE: Final = 'gcp:bigquery/table:Table'
TABLE_SET: Final = 'gcp:bigquery/dataset:Dataset'


def _thing(kind: str, name: str) -> Thing:
    return Thing('gcp', kind, name)


def _account(inputs: Mapping[str, Plain]) -> Thing:
    return _thing('machine-account', text(inputs['serviceAccountId']).rpartition('/serviceAccounts/')[2])


SCOPES: Final[Mapping[str, Callable[[Mapping[str, Plain]], Thing]]] = {
    'gcp:projects/iAM': lambda it: _thing('project', text(it['project'])),
    'gcp:storage/bucketIAM': lambda it: _thing('bucket', text(it['bucket'])),
    'gcp:serviceaccount/iAM': _account,
    'gcp:secretmanager/secretIam': lambda it: _thing('secret', f'{text(it["project"])}/{text(it["secretId"])}'),
    'gcp:artifactregistry/repositoryIam': lambda it: _thing(
        'registry',
        f'{text(it["project"])}/{text(it["location"])}/{text(it["repository"])}',
    ),
    'gcp:cloudrun/iam': lambda it: _thing(
        'service',
        f'{text(it["project"])}/{text(it["location"])}/{text(it["service"])}',
    ),
    'gcp:bigquery/datasetIam': lambda it: _thing('tables', f'{text(it["project"])}.{text(it["datasetId"])}'),
    'gcp:bigquery/iam': lambda it: _thing(
        'table',
        f'{text(it["project"])}.{text(it["datasetId"])}.{text(it["tableId"])}',
    ),
    'gcp:pubsub/topicIAM': lambda it: _thing('topic', f'{text(it["project"])}/{text(it["topic"])}'),
    'gcp:pubsub/subscriptionIAM': lambda it: _thing(
        'subscription',
        f'{text(it["project"])}/{text(it["subscription"])}',
    ),
    'gcp:billing/accountIam': lambda it: _thing('billing-account', text(it['billingAccountId'])),
}
"""How the types of bindings and of single members begin, and what a binding is on."""

ENDINGS: Final = ('Member', 'Binding')

CONTENTS: Final[Mapping[str, Callable[[Mapping[str, Plain]], Thing]]] = {
    'gcp:storage/bucket:Bucket': lambda it: _thing('bucket', text(it['name'])),
    'gcp:serviceaccount/account:Account': lambda it: _thing(
        'machine-account',
        f'{text(it["accountId"])}@{text(it["project"])}.iam.gserviceaccount.com',
    ),
    'gcp:secretmanager/secret:Secret': lambda it: _thing('secret', f'{text(it["project"])}/{text(it["secretId"])}'),
    'gcp:artifactregistry/repository:Repository': lambda it: _thing(
        'registry',
        f'{text(it["project"])}/{text(it["location"])}/{text(it["repositoryId"])}',
    ),
}
"""What lies in a project."""

NAMED_LATER: Final[Mapping[str, Callable[[str, Mapping[str, Plain]], Thing]]] = {
    'gcp:cloudfunctionsv2/function:Function': lambda logical, it: _thing(
        'service',
        f'{text(it["project"])}/{text(it["location"])}/{it.get("name", f"«{logical}.name»")}',
    ),
    'gcp:pubsub/topic:Topic': lambda logical, it: _thing('topic', f'{text(it["project"])}/«{logical}.name»'),
    'gcp:pubsub/subscription:Subscription': lambda logical, it: _thing(
        'subscription',
        f'{text(it["project"])}/«{logical}.name»',
    ),
}
"""Things whose names a provider makes up, as policies refer to them. A function is a service of the same name."""

HARMLESS: Final = frozenset(
    {
        PROJECT,
        GROUP,
        ENTITLEMENT,
        CUSTOM,
        POOL,
        PROVIDER,
        TABLE,
        TABLE_SET,
        *CONTENTS,
        *NAMED_LATER,
        'gcp:projects/service:Service',
        'gcp:billing/budget:Budget',
        'gcp:storage/bucketObject:BucketObject',
        'gcp:serviceaccount/key:Key',
        'gcp:secretmanager/secretVersion:SecretVersion',
        'gcp:cloudrunv2/service:Service',
        'gcp:cloudscheduler/job:Job',
        'gcp:monitoring/alertPolicy:AlertPolicy',
        'gcp:monitoring/notificationChannel:NotificationChannel',
    },
)
"""What gives nobody access by itself, or is read elsewhere here."""


def gather(resources: Resources) -> Gathering:
    """Everything on Google Cloud. Raises `UnreadableError` for a type, a role or a condition that it does not know."""
    found, roles = Gathering(), Roles(resources)
    refuse_open_pools(resources)
    _refuse_open_tables(resources)
    for type_, thing_of in CONTENTS.items():
        for inputs in resources.inputs(type_):
            found.inside[_thing('project', text(inputs['project']))].add(thing_of(inputs))
    for inputs in resources.inputs(TABLE):
        table_set = f'{text(inputs["project"])}.{text(inputs["datasetId"])}'
        found.inside[_thing('tables', table_set)].add(_thing('table', f'{table_set}.{text(inputs["tableId"])}'))
    _read_groups(resources, found)
    for thing, inputs in _bindings(resources):
        role = roles.patterns(text(inputs['role']))
        condition = inputs.get('condition')
        given = (
            {thing: _on(thing.kind, role)}
            if condition is None
            else _conditional(thing, role, text(condition['expression']), found)
        )
        for member in _members(inputs):
            for there, abilities in given.items():
                found.given[member, there] |= abilities
    _read_entitlements(resources, roles, found)
    return found


def _refuse_open_tables(resources: Resources) -> None:
    """The older way to let somebody in, in the set of tables itself."""
    for name, inputs in resources.named(TABLE_SET):
        if inputs.get('accesses'):
            raise UnreadableError(f'{name}: accesses of a set of tables are not understood')


def _bindings(resources: Resources) -> Iterator[tuple[Thing, Mapping[str, Plain]]]:
    for type_ in resources.types:
        if not type_.startswith('gcp:') or type_ in HARMLESS:
            continue
        begin = type_.rpartition(':')[0]
        scope = next((SCOPES[begin.removesuffix(end)] for end in ENDINGS if begin.removesuffix(end) in SCOPES), None)
        if scope is None:
            raise UnreadableError(f'{type_} may give access, and is not understood')
        for inputs in resources.inputs(type_):
            yield scope(inputs), inputs


def _members(inputs: Mapping[str, Plain]) -> Iterator[str]:
    for member in inputs['members'] if 'members' in inputs else [inputs['member']]:
        yield outsider(text(member)) or f'gcp:{text(member)}'


# Groups ---------------------------------------------------------------------------------------------------


def _read_groups(resources: Resources, found: Gathering) -> None:
    groups = {text(inputs['groupKey']['id']) for inputs in resources.inputs(GROUP)}
    groups |= {text(inputs['group']) for inputs in resources.inputs(MEMBERS)}
    for group in groups:
        found.members[f'gcp:group:{group}'] = set()
    for inputs in resources.inputs(MEMBERS):
        inside = found.members[f'gcp:group:{text(inputs["group"])}']
        for address in inputs.get('members') or ():
            inside.add(f'gcp:{_kind(address, groups, resources)}:{text(address)}')


def _kind(address: Plain, groups: set[str], resources: Resources) -> str:
    if text(address) in groups:
        return 'group'
    made_by = ref(address)
    if made_by is not None:
        type_ = resources.by_name[made_by[0]]['type']
        if type_ != 'cpg:hail:User':
            raise UnreadableError(f'{type_} is no principal')
        return 'serviceAccount'
    return 'serviceAccount' if text(address).endswith('.gserviceaccount.com') else 'user'


# What a role gives ----------------------------------------------------------------------------------------


@cache
def _allowed(kind: str, role: Patterns) -> Abilities:
    return frozenset(ability for ability, needed in NEEDS[kind] if all(holds(role, each) for each in needed))


@cache
def _on(kind: str, role: Patterns) -> Abilities:
    """What a role gives on a thing, and on all things of each kind in it."""
    inside = HOLDS.get(kind, frozenset())
    return _allowed(kind, role) | {Ability(every(each), it.can) for each in inside for it in _allowed(each, role)}


def _conditional(thing: Thing, role: Patterns, expression: str, found: Gathering) -> dict[Thing, Abilities]:
    """What a role gives under a condition, on a thing and on each thing in it."""
    holds_for = GOOGLE.parse(expression)
    given: dict[Thing, Abilities] = {}
    for there in (thing, *found.inside[thing]):
        given[there] = frozenset(
            ability
            for ability in _allowed(there.kind, role)
            if all(holds_for(Target(SERVICES[there.kind], name)) for name in _names(there, ability))
        )
    return given


def _names(thing: Thing, ability: Ability) -> tuple[str, ...]:
    """What a condition is told of a thing. An ability on objects counts when it holds for whichever object."""
    if thing.kind == 'project':
        return (f'projects/{thing.name}',)
    if thing.kind != 'bucket':
        return (f'projects/_/{thing.kind}/{thing.name}',)
    bucket = f'projects/_/buckets/{thing.name}'
    if ability.can in {'list', 'read metadata', 'administer'}:
        return (bucket,)
    return tuple(f'{bucket}/objects/{name}' for name in ('a', 'a/b.cram', 'z'))


# Temporary access -----------------------------------------------------------------------------------------


def _read_entitlements(resources: Resources, roles: Roles, found: Gathering) -> None:
    numbers = {f'«{name}.number»': text(inputs['projectId']) for name, inputs in resources.named(PROJECT)}
    for inputs in resources.inputs(ENTITLEMENT):
        access = inputs['privilegedAccess']['gcpIamAccess']
        number = text(access['resource']).removeprefix('//cloudresourcemanager.googleapis.com/projects/')
        project = _thing('project', numbers.get(number, number))
        seconds = int(inputs['maxRequestDuration'].removesuffix('s'))
        justified = 'unstructured' in (inputs.get('requesterJustificationConfig') or {})
        approvals, approvers = _approval(inputs.get('approvalWorkflow'))
        members = [f'gcp:{text(each)}' for users in inputs['eligibleUsers'] for each in users['principals']]
        for binding in access['roleBindings']:
            role, expression = roles.patterns(text(binding['role'])), binding.get('conditionExpression')
            given = (
                {project: _on(project.kind, role)}
                if expression is None
                else _conditional(project, role, text(expression), found)
            )
            for there, abilities in given.items():
                for member in members:
                    found.asked[member, there] |= {
                        Request(ability, seconds, justified, approvals, approvers) for ability in abilities
                    }


def _approval(workflow: Mapping[str, Plain] | None) -> tuple[int, frozenset[str]]:
    if workflow is None:
        return 0, frozenset()
    steps = workflow['manualApprovals']['steps']
    who = {f'gcp:{text(each)}' for step in steps for each in step['approvers']['principals']}
    return sum(step['approvalsNeeded'] for step in steps), frozenset(who)
