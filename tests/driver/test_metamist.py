"""metamist: what feeds the six groups, and who becomes a member of the projects."""

from __future__ import annotations

import pytest

from tests.driver.facts import members
from tests.driver.rich import READER, WRITER, alpha, rich
from tests.organisations import COORDINATOR, LOGGER, dataset, plan_of

COLUMNS = ('main-read', 'main-contribute', 'main-write', 'test-read', 'test-write', 'test-contribute')

TABLE = {
    # source:              main-read, main-contribute, main-write, test-read, test-write, test-contribute
    'alpha-analysis': ('yes', 'yes', '', 'yes', 'yes', 'yes'),
    'alpha-data-manager': ('yes', 'yes', 'yes', 'yes', 'yes', 'yes'),
    'alpha-full': ('yes', 'yes', 'yes', 'yes', 'yes', 'yes'),
    LOGGER: ('yes', 'yes', 'yes', 'yes', 'yes', 'yes'),
    'alpha-metadata-access': ('yes', '', '', 'yes', 'yes', ''),
    'alpha-metadata-contribute': ('yes', 'yes', '', 'yes', 'yes', 'yes'),
    'alpha-metadata-write': ('yes', '', 'yes', 'yes', 'yes', ''),
    'alpha-test-full': ('yes', '', '', 'yes', 'yes', ''),
    'alpha-test-read': ('yes', '', '', 'yes', '', ''),
    'alpha-main-read': ('yes', '', '', '', '', ''),
    'alpha-main-create': ('yes', '', 'yes', '', '', ''),
    COORDINATOR: ('yes', '', '', '', '', ''),
    READER: ('yes', '', '', '', '', ''),
    WRITER: ('yes', '', 'yes', '', '', ''),
}


@pytest.mark.parametrize('column', COLUMNS)
def test_a_group_of_metamist_is_fed_by_the_sources_of_its_column(column: str) -> None:
    position = COLUMNS.index(column)
    sources = {source for source, row in TABLE.items() if row[position] == 'yes'}
    assert members(rich(), f'alpha-sample-metadata-{column}') == sources


@pytest.mark.parametrize('column', COLUMNS)
def test_the_table_is_the_same_without_tests(column: str) -> None:
    assert members(plan_of(alpha(setup_test=False)), f'alpha-sample-metadata-{column}') == members(
        rich(), f'alpha-sample-metadata-{column}'
    )


def test_a_dataset_has_a_project_and_with_tests_a_second_one() -> None:
    with_tests, without = plan_of(dataset('alpha')), plan_of(dataset('alpha', setup_test=False))
    names = [
        {
            each.physical
            for each in plan.resources
            if each.type == 'cpg:metamist:Project' and each.owner.dataset == 'alpha'
        }
        for plan in (with_tests, without)
    ]
    assert names == [{'alpha', 'alpha-test'}, {'alpha'}]


def test_everybody_whom_a_group_comes_down_to_has_its_role_on_the_project() -> None:
    plan = plan_of(
        dataset('alpha', components={'gcp': ['metamist']}, members={'analysis': ['ana'], 'metadata-write': ['bao']}),
        billing={'gcp': {'project_id': 'b', 'account_id': '0A'}},
        analysis_runner=None,
        cromwell=None,
    )
    main, test = (plan.resource_by_name[f'metamist-project-{name}'].inputs for name in ('alpha', 'alpha-test'))
    assert main == {
        'name': 'alpha',
        'dataset': 'alpha',
        'members': {
            'reader': ['ana@example.org', 'bao@example.org'],
            'contributor': ['ana@example.org'],
            'writer': ['bao@example.org'],
        },
    }
    assert test == {
        'name': 'alpha-test',
        'dataset': 'alpha',
        'members': {
            'reader': ['ana@example.org', 'bao@example.org'],
            'contributor': ['ana@example.org'],
            'writer': ['ana@example.org', 'bao@example.org'],
        },
    }


def test_the_projects_know_where_the_service_is_when_it_is_configured() -> None:
    gcp = {'project': 'p', 'service_name': 's', 'machine_account': 'api@example.org'}
    plan = plan_of(metamist={'gcp': {**gcp, 'url': 'https://metamist.example.org', 'audience': 'everybody'}})
    inputs = plan.resource_by_name['metamist-project-common'].inputs
    assert (inputs['url'], inputs['audience']) == ('https://metamist.example.org', 'everybody')
