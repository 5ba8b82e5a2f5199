"""What docs/access.md tells approvers and auditors is what the program does, table by table."""

from __future__ import annotations

import re
from typing import Final

from cpg_infra.abstraction import OPERATIONS, GcpInfrastructure
from cpg_infra.config.group_names import EVERY_DATASET_SUFFIXES, METAMIST_GROUP_SUFFIXES, ORGANISATION_GROUPS
from cpg_infra.config.names import PeopleGroup
from cpg_infra.driver import tables
from cpg_infra.driver.components import release, storage, uploads
from cpg_infra.driver.components.temporary_access import MAX_DURATION
from cpg_infra.plan import AccountRole, BucketRole, HailRole, ProjectRole, RegistryRole, SecretRole, ServiceRole
from cpg_infra.plan.roles import ONLY_ON_GOOGLE
from tests.evaluator.approximations import APPROXIMATIONS
from tests.evaluator.google_roles import OWN
from tests.evaluator.intended import means
from tests.evaluator.words import Ability, Can
from tests.examples import lantern
from tests.examples.markdown import code, names, page
from tests.examples.markdown import tables as tables_of

PAGE: Final = page('docs/access.md')


def table(title: str, number: int = 0) -> list[list[str]]:
    return tables_of(PAGE, title)[number]


def filled(rows: dict[str, tuple[str, ...]]) -> dict[str, set[str]]:
    return {name: set(row) for name, row in rows.items() if row}


def test_every_list_of_people_is_explained() -> None:
    assert {code(row[0])[0] for row in table('What am I agreeing to?')} == {group.value for group in PeopleGroup}


def test_groups_and_what_they_contain() -> None:
    rows = {code(row[0])[0]: row for row in table('Groups')}
    assert set(rows) == set(EVERY_DATASET_SUFFIXES)
    always = {**tables.CONTAINS, **tables.IMAGES}
    assert filled({name: names(row[1]) for name, row in rows.items()}) == filled(always)
    with_tests = {**tables.CONTAINS_WITH_TESTS, **tables.IMAGES_WITH_TESTS}
    assert filled({name: names(row[2]) for name, row in rows.items()}) == filled(with_tests)


def test_groups_of_the_organisation() -> None:
    assert {code(row[0])[0] for row in table('Groups of the organisation')} == set(ORGANISATION_GROUPS)


def test_buckets_and_what_groups_may_do_in_them() -> None:
    roles = (BucketRole.LIST, BucketRole.READ, BucketRole.APPEND, BucketRole.MUTATE)
    page_says = {
        bucket: {role: set(names(cell)) for role, cell in zip(roles, row[1:5], strict=True) if cell}
        for row in table('Buckets')
        for bucket in code(row[0])
    }
    grants = {
        **storage.MAIN,
        **storage.TEST,
        'main-upload': uploads.GRANTS,
        'main-upload-<name>': uploads.GRANTS,
        'main-upload-db-<id>': uploads.GRANTS,
        'release': release.GRANTS,
        'hail': {},
    }
    assert page_says == {name: {role: set(who) for role, who in held.items()} for name, held in grants.items()}


def test_no_other_role_is_left_out() -> None:
    page_says = {role for row in table('Everything else') for role in code(row[1])}
    kinds = (ProjectRole, AccountRole, SecretRole, RegistryRole, ServiceRole, HailRole)
    assert page_says == {role.value for kind in kinds for role in kind} - {role.value for role in ONLY_ON_GOOGLE}


def test_what_plugins_grant_is_in_their_table() -> None:
    page_says = {role for row in table('What plugins grant') for role in code(row[1])}
    assert page_says == {role.value for role in ONLY_ON_GOOGLE}


def test_every_other_grant_of_the_example_is_in_its_table() -> None:
    """Each (kind of thing, role, kind of holder) that the example has stands in a row."""
    page_says = {(role, who) for row in table('Everything else') for role in code(row[1]) for who in holders(row[2])}
    plan = lantern.plan()
    found = set()
    for grant in plan.grants:
        if isinstance(grant.role, ProjectRole | RegistryRole) and ':group:' in grant.principal:
            name = grant.principal.rpartition(':')[2]
            dataset = grant.owner.dataset or 'common'
            found.add((grant.role.value, name.removeprefix(f'{dataset}-')))
    assert found <= page_says


def holders(cell: str) -> set[str]:
    return {re.split(r' on | of | \(', name.strip())[0] for part in cell.split(';') for name in part.split(',')} | {
        part.split(': ')[1] for part in cell.split(';') if ': ' in part
    }


def test_metadata() -> None:
    columns = ('main-read', 'main-contribute', 'main-write', 'test-read', 'test-contribute', 'test-write')
    page_says = {
        row[0].strip('`'): {
            f'sample-metadata-{column}' for column, cell in zip(columns, row[1:], strict=True) if cell == 'yes'
        }
        for row in table('Metadata')
    }
    sources = {
        **tables.METAMIST_SOURCES,
        'the analysis runner’s logger'.replace('’', "'"): tables.METAMIST_LOGGER,
        'the billing coordinator': tables.METAMIST_COORDINATOR,
        'sm_read_only_sas': tables.METAMIST_READ_ONLY,
        'sm_read_write_sas': tables.METAMIST_READ_WRITE,
    }
    assert page_says == {source: set(groups) for source, groups in sources.items()}
    assert {f'sample-metadata-{column}' for column in columns} == set(METAMIST_GROUP_SUFFIXES)


def test_what_is_passed_on_to_a_dependency() -> None:
    quoted = ' '.join(line.removeprefix('>').strip() for line in PAGE.splitlines() if line.startswith('>'))
    always, _, with_tests = quoted.partition('; if `ataxia` has tests: ')
    assert set(names(always)) == set(tables.PASSED_ON)
    assert set(names(with_tests)) == set(tables.PASSED_ON_WITH_TESTS)


def test_what_a_dependency_for_reading_gives() -> None:
    rows = {code(row[0])[0]: row for row in table('Dependencies')}
    assert filled({name: names(row[1]) for name, row in rows.items()}) == filled(tables.READ_ONLY)
    assert filled({name: names(row[2]) for name, row in rows.items()}) == filled(tables.READ_ONLY_WITH_TESTS)


def test_how_long_temporary_access_lasts() -> None:
    assert f'lasts {MAX_DURATION.days} days at most' in PAGE


def test_roles_that_must_exist_hold_what_the_page_says() -> None:
    page_says = {code(row[0])[0]: code(row[1]) for row in table('Roles that must exist on Google Cloud')}
    assert page_says.pop('DataprocWorkerWithoutStorageAccess') == ('roles/dataproc.worker', 'storage.')
    custom = {role.name: role.permissions for role in GcpInfrastructure.roles.values() if role.custom}
    del custom['DataprocWorkerWithoutStorageAccess']
    for made_by_a_plugin in ('ProjectBillingUnlinker', 'BudgetReader'):
        del custom[made_by_a_plugin]
    assert page_says == custom
    # The second opinion has its own list.
    assert page_says == {name: held for name, held in OWN.items() if name in page_says}
    assert {name for name in OWN if name not in page_says} == {'DataprocWorkerWithoutStorageAccess'}


def test_where_a_role_of_a_cloud_differs() -> None:
    page_says = {
        (CLOUDS[row[0]], role, 'on request' in row[1]): (row[2], row[3], row[4])
        for row in table("Where a cloud's role differs")
        for role in code(row[1])
    }
    found = {}
    for each in APPROXIMATIONS:
        more, less, _ = page_says[each.cloud, each.role, each.on_request]
        # Rows of several roles name all of it: what one of them means anyway it does not add.
        meaning = {ability for ability in abilities(more) if ability in MEANINGS[each.role]}
        assert abilities(more) - meaning == each.added, each
        assert abilities(less) == each.missing, each
        found[each.cloud, each.role, each.on_request] = (more, less, each.reason)
    assert page_says == found


CLOUDS: Final = {'Google Cloud': 'gcp', 'Azure': 'azure'}
MEANINGS: Final = {role.value: means(None, role) for role in OPERATIONS}


def abilities(cell: str) -> set[Ability]:
    """What a cell names: operations, and behind `of` the part of a project."""
    pairs = [name.partition(' of ') for name in names(cell)]
    return {Ability(part, Can(operation)) for operation, _, part in pairs}
