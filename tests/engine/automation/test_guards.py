"""What a run may take away, judged on the steps of a preview."""

from __future__ import annotations

from cpg_infra.engine.automation.entries import UNKNOWN, EntryKind
from cpg_infra.engine.automation.guards import HOLDS_DATA, MANY_PEOPLE, Limits, judge
from cpg_infra.plan import Asset
from tests.end_to_end.organisations import lantern
from tests.engine.automation.building import BINDING, BUCKET, GROUP, MEMBERS, step, urn

NOBODY = Limits(0, 0)


def members(*who: str, group: str = 'readers@example.org') -> dict[str, object]:
    return {'group': group, 'members': list(who), 'authoritative': False}


def binding(*who: str, role: str = 'reader') -> dict[str, object]:
    return {'bucket': 'alpha-main', 'role': role, 'members': list(who)}


def test_nothing_is_refused_when_nothing_is_taken_away() -> None:
    steps = [
        step('create', BUCKET, 'b', new={'name': 'b'}),
        step('update', MEMBERS, 'm', members('ana@example.org'), members('ana@example.org', 'bao@example.org')),
        step('same', BINDING, 'g', binding('group:a@example.org'), binding('group:a@example.org')),
    ]
    assert judge(steps, NOBODY).refusals == ()


def test_deleting_what_holds_data_needs_its_exact_name() -> None:
    steps = [step('delete', BUCKET, 'b', {'name': 'b'})]
    refused = judge(steps, Limits())
    assert refused.refusals == (
        f"b would be deleted: it holds data or is protected; allow it with --allow-destroy '{urn(BUCKET, 'b')}'",
    )
    assert judge(steps, Limits(), [urn(BUCKET, 'b')]).refusals == ()
    for name in ('*', urn(BUCKET, '*'), 'b', urn(BUCKET, 'B')):
        assert len(judge(steps, Limits(), [name]).refusals) == 2


def test_a_replacement_destroys_too_and_is_named_once() -> None:
    ops = ('create-replacement', 'replace', 'delete-replaced')
    steps = [step(op, BUCKET, 'b', {'name': 'a'}, {'name': 'b'}) for op in ops]
    assert [reason.partition(':')[0] for reason in judge(steps, Limits()).refusals] == ['b would be replaced']


def test_what_the_state_protects_or_the_plan_says_holds_data_is_kept() -> None:
    steps = [step('delete', 'x:y:Z', 'thing', {})]
    assert judge(steps, Limits()).refusals == ()
    assert len(judge(steps, Limits(), protected=frozenset({urn('x:y:Z', 'thing')})).refusals) == 1
    assert len(judge(steps, Limits(), holding=frozenset({'thing'})).refusals) == 1


def test_every_type_that_holds_data_in_a_plan_is_known() -> None:
    plan = lantern()
    holding = {
        resource.type
        for resource in plan.resources
        for key in resource.intents
        if isinstance(asset := plan.intent_by_key.get(key), Asset) and asset.holds_data
    }
    assert {type_ for type_ in holding if not type_.startswith('dry-run:')} <= HOLDS_DATA


def test_removals_are_counted_inside_lists_and_not_by_steps() -> None:
    steps = [
        step(
            'update',
            MEMBERS,
            'm',
            members('ana@example.org', 'bao@example.org', 'chen@example.org'),
            members('dara@example.org'),
        )
    ]
    verdict = judge(steps, Limits(2, 0))
    assert [entry.who for entry in verdict.removed] == ['ana@example.org', 'bao@example.org', 'chen@example.org']
    assert verdict.refusals[0].startswith(
        '3 memberships would be removed and one run may remove 2: ana@example.org from'
    )
    assert judge(steps, Limits(3, 0)).refusals == ()


def test_a_member_written_differently_is_the_same_member() -> None:
    steps = [step('update', MEMBERS, 'm', members('Ana@example.org'), members('ana@EXAMPLE.org'))]
    assert judge(steps, NOBODY).removed == ()


def test_a_list_that_is_left_alone_removes_nobody() -> None:
    old = members('ana@example.org')
    steps = [step('update', MEMBERS, 'm', old, {'group': old['group'], 'allowExternalMembers': 'true'})]
    assert judge(steps, NOBODY).removed == ()


def test_a_grant_that_moves_to_another_resource_is_not_removed() -> None:
    member = 'gcp:storage/bucketIAMMember:BucketIAMMember'
    old = {'bucket': 'alpha-main', 'role': 'reader', 'member': 'group:a@example.org'}
    moved = [step('delete', member, 'old', old), step('create', BINDING, 'new', None, binding('group:a@example.org'))]
    assert judge(moved, NOBODY).removed == ()
    other_role = [moved[0], step('create', BINDING, 'new', None, binding('group:a@example.org', role='writer'))]
    assert [entry.kind for entry in judge(other_role, NOBODY).removed] == [EntryKind.GRANT]


def test_who_is_not_known_yet_may_be_one_who_was_there() -> None:
    steps = [step('update', BINDING, 'b', binding('a', 'b', 'c'), binding('a', UNKNOWN))]
    assert len(judge(steps, NOBODY).removed) == 1


def test_what_stays_in_the_cloud_keeps_its_members() -> None:
    old = {'name': 'alpha', 'users': ['ana'], 'url': 'https://batch', 'cloud': 'gcp'}
    assert judge([step('delete', 'cpg:hail:BillingProject', 'p', old, retain=True)], NOBODY).refusals == ()
    assert len(judge([step('delete', 'cpg:hail:BillingProject', 'p', old)], NOBODY).refusals) == 1


def test_what_was_named_does_not_count_towards_the_cap() -> None:
    steps = [step('delete', BINDING, 'b', binding('a', 'b'))]
    assert len(judge(steps, NOBODY).refusals) == 1
    assert judge(steps, NOBODY, [urn(BINDING, 'b')]).refusals == ()


def test_deleting_a_group_or_grant_of_many_people_needs_a_word_however_deep_they_are() -> None:
    people = [f'person-{number}@example.org' for number in range(MANY_PEOPLE)]
    steps = [
        step('same', MEMBERS, 'inner', members(*people, group='inner@example.org'), members(*people, group='inner@example.org')),
        step('same', MEMBERS, 'outer', members('inner@example.org', group='outer@example.org'), members('inner@example.org', group='outer@example.org')),
        step('delete', BINDING, 'b', binding('group:outer@example.org', 'serviceAccount:a@b.iam.gserviceaccount.com')),
    ]  # fmt: skip
    assert judge(steps, Limits()).refusals[0].startswith(f'b would be deleted: {MANY_PEOPLE} people lose access by it')
    group = step('delete', GROUP, 'g', {'groupKey': {'id': 'inner@example.org'}})
    assert len(judge([*steps[:2], group], Limits()).refusals) == 1
    few = [step('delete', BINDING, 'b', binding('user:ana@example.org'))]
    assert judge(few, Limits()).refusals == ()


def test_on_azure_people_are_counted_by_their_ids() -> None:
    ids = [f'00000000-0000-4000-8000-{number:012}' for number in range(MANY_PEOPLE)]
    member, assignment = 'azuread:index/groupMember:GroupMember', 'azure-native:authorization:RoleAssignment'
    group = 'aaaaaaaa-0000-4000-8000-000000000000'
    inside = [{'groupObjectId': group, 'memberObjectId': each} for each in ids]
    steps = [
        *(step('same', member, f'm{number}', each, each) for number, each in enumerate(inside)),
        step('delete', assignment, 'grant', {'scope': '/s', 'roleDefinitionId': 'r', 'principalId': group}),
    ]
    (refusal,) = judge(steps, Limits()).refusals
    assert refusal.startswith(f'grant would be deleted: {MANY_PEOPLE} people lose access by it')
    assert judge([*steps[1:-1], steps[-1]], Limits()).refusals == ()


def test_removed_memberships_and_eligibilities_of_azure_count() -> None:
    schedule = 'azure-native:authorization:PimRoleEligibilitySchedule'
    steps = [
        step('delete', 'azuread:index/groupMember:GroupMember', 'm', {'groupObjectId': 'g', 'memberObjectId': 'p'}),
        step('delete', schedule, 'e', {'scope': '/s', 'roleDefinitionId': 'r', 'principalId': 'g'}),
    ]
    kinds = [entry.kind for entry in judge(steps, NOBODY).removed]
    assert kinds == [EntryKind.GRANT, EntryKind.MEMBERSHIP]
