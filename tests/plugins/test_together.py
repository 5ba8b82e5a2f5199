"""Plugins that work in one project."""

from __future__ import annotations

from cpg_infra.driver import Infrastructure
from tests.organisations import SECTIONS, TODAY, dataset, organisation
from tests.plugins.github_wif.federation import NUMBER, repository
from tests.plugins.metamist.loading import CODE, ETL, PROJECT, Attached


def test_an_api_that_two_plugins_need_is_enabled_once_and_both_wait_for_it() -> None:
    project = {'project_number': NUMBER, 'location': 'australia-southeast1', 'repositories': [repository()]}
    config = organisation(
        plugins_enabled=['github_wif', 'metamist'],
        metamist={**SECTIONS['metamist'], 'etl': ETL},
        github_wif={'owner_id': 9001, 'projects': {PROJECT: project}},
    )
    datasets = [dataset('common'), dataset('alpha')]
    plan = Infrastructure(config, datasets, date=TODAY, sources=Attached(CODE)).plan()
    enabling = [each for each in plan.resources_by_type['gcp:projects/service:Service']
                if each.inputs == {'service': 'iam.googleapis.com', 'project': PROJECT, 'disableOnDestroy': False}]  # fmt: skip
    assert [each.name for each in enabling] == [f'github-wif-{PROJECT}-iam-service']
    for name in (f'{PROJECT}-github-pool', 'metamist-etl-extract'):
        assert enabling[0].name in plan.resource_by_name[name].depends_on
