"""Organisations that share what is usually apart, and datasets on paper."""

from __future__ import annotations

from tests.driver.facts import assets, members
from tests.organisations import DROPBOX, SECTIONS, Plain, dataset, plan_of, user


def runner(**changes: Plain) -> Plain:
    return {'gcp': {**SECTIONS['analysis_runner']['gcp'], **changes}}


def test_notebooks_may_lie_in_the_project_of_a_dataset_and_come_after_it() -> None:
    plan = plan_of(dataset('alpha'), notebooks={'gcp': {'project': 'lantern-common'}})
    account = plan.resource_by_name['alpha-gcp-service-account-notebook-alpha']
    assert account.inputs['project'] == 'lantern-common'
    assert 'common-gcp-project' in account.depends_on


def test_the_analysis_runner_may_lie_in_the_project_of_a_dataset_whose_cromwell_keys_are_then_stored_once() -> None:
    plan = plan_of(dataset('alpha'), analysis_runner=runner(project='lantern-common'))
    keys = {name for name in assets(plan, 'secret') if name.endswith('cromwell-full-key')}
    assert keys == {
        'lantern-alpha/alpha-cromwell-full-key',
        'lantern-common/alpha-cromwell-full-key',
        'lantern-common/common-cromwell-full-key',
    }


def test_the_runners_registry_may_be_one_of_a_dataset() -> None:
    images = runner(project='lantern-zeta', container_registry_name='images')
    plan = plan_of(dataset('zeta', create_container_registry=True), analysis_runner=images)
    (registry,) = [each for each in plan.assets if each.name == 'lantern-zeta/australia-southeast1/images']
    assert (registry.managed, registry.owner.dataset) == (True, 'zeta')


def test_configuration_may_be_written_to_a_bucket_of_ours_and_comes_after_it() -> None:
    plan = plan_of(config_destination='gs://lantern-common-main/configuration')
    assert plan.resource_by_name['infrastructure-config'].depends_on == ('common-gcp-main-bucket',)


def test_wheels_may_lie_in_a_bucket_of_ours_whose_policy_stays_one() -> None:
    hail = {'gcp': {**SECTIONS['hail']['gcp'], 'wheel_bucket_name': 'lantern-common-main'}}
    plan = plan_of(hail=hail)
    assert 'hail-wheels-viewers@' in str(plan.resource_by_name['common-gcp-main-bucket-read'].inputs['members'])


def test_an_ad_hoc_group_may_be_called_like_the_group_that_was_made_by_hand() -> None:
    plan = plan_of(adhoc_groups=[{'name': 'cromwell-access', 'description': 'c', 'members': ['ana']}])
    assert members(plan, 'cromwell-access') == {'ana'}
    assert 'hail full' in members(plan, 'groups/0cromwell')


def test_a_person_keeps_their_hail_name_where_they_are_also_named_by_their_address() -> None:
    named = dataset('alpha', sm_read_only_sas=['Bao@example.org'])
    plan = plan_of(named, dataset('beta', members={'analysis': ['bao']}))
    assert 'bao-hail' in str(plan.resource_by_name['beta-gcp-batch-billing-project'].inputs['users'])


def test_of_two_users_with_one_address_the_one_with_a_hail_name_counts() -> None:
    nameless = {'id': 'aaa', 'clouds': {'gcp': {'id': 'ana@example.org'}}}
    plan = plan_of(dataset('alpha', members={'analysis': ['aaa']}), users={'aaa': nameless, 'ana': user('ana')})
    assert members(plan, 'alpha-analysis') == {'ana', 'alpha-data-manager', 'notebook-alpha'}
    assert 'ana-hail' in str(plan.resource_by_name['alpha-gcp-batch-billing-project'].inputs['users'])


def test_one_account_may_play_every_part() -> None:
    one = 'everything@lantern-runner.iam.gserviceaccount.com'
    plan = plan_of(
        dataset(
            'alpha',
            **{f'deployment_service_account_{level}': one for level in ('test', 'standard', 'full')},
            sm_read_only_sas=[one, one.upper()],
            sm_read_write_sas=[one],
        ),
        analysis_runner=runner(server_machine_account=one, logger_machine_account=one),
        metamist={'gcp': {**SECTIONS['metamist']['gcp'], 'machine_account': one, 'legacy_machine_account': one}},
        data_dropbox={'gcp': {'project': 'lantern-common', 'server_machine_account': one}},
    )
    assert members(plan, 'alpha-main-list') == {one, 'alpha-analysis'}
    assert DROPBOX not in str(plan.principals)


def test_a_dataset_may_be_listed_twice_as_a_dependency_and_a_person_as_a_member() -> None:
    twice = dataset(
        'alpha', depends_on=['beta', 'beta'], members={'analysis': ['ana', {'id': 'ana', 'reason': 'twice'}]}
    )
    plan = plan_of(twice, dataset('beta'))
    (membership,) = [
        each for each in plan.memberships if each.key == 'gcp:group:alpha-analysis|gcp:person:ana@example.org'
    ]
    assert membership.reason == 'twice'


def test_a_dataset_on_a_cloud_and_on_paper_has_its_outputs_once() -> None:
    both = ['gcp', 'dry-run']
    once = plan_of(dataset('common', allow_notebook_tmp_main_read=True))
    twice = plan_of(dataset('common', deploy_locations=both, allow_notebook_tmp_main_read=True))
    assert twice.outputs == once.outputs


def test_a_dataset_on_paper_makes_nothing_real_and_nobody_of_it_is_in_a_real_project() -> None:
    paper = dataset('alpha', deploy_locations=['dry-run'], members={'analysis': []})
    plan = plan_of(paper, dataset('common', deploy_locations=['gcp', 'dry-run']))
    of_paper = [each for each in plan.resources if each.owner.dataset == 'alpha']
    assert {each.type.partition(':')[0] for each in of_paper} == {'dry-run'}
    assert {'dry-run:hail-user', 'dry-run:hail-billing-project', 'dry-run:metamist-project'} <= {
        each.type for each in of_paper
    }
    real = [each for each in plan.resources if not each.type.startswith('dry-run:')]
    assert [each.name for each in real if 'dry-run' in str(each.inputs)] == []


def test_a_service_that_is_enabled_belongs_to_the_project_and_not_to_whoever_asked_first() -> None:
    plan = plan_of(dataset('alpha'))
    enabled = [each for each in plan.resources if each.type == 'gcp:projects/service:Service']
    assert {each.owner.component for each in enabled} == {'project'}
