"""Projects, what is enabled in them and when, budgets, and where things lie."""

from __future__ import annotations

from tests.driver.rich import alpha, rich
from tests.organisations import GCP, dataset, plan_of

AFTER = {
    # API: what it comes after, beside the project
    'cloudresourcemanager': (),
    'serviceusage': (),
    'cloudidentity': ('cloudresourcemanager',),
    'cloudbilling': ('cloudresourcemanager',),
    'cloudbillingbudgets': ('cloudbilling',),
    'secretmanager': ('cloudresourcemanager',),
    'dataproc': ('cloudresourcemanager',),
    'batch': ('serviceusage',),
    'iam': ('cloudresourcemanager',),
    'privilegedaccessmanager': ('cloudresourcemanager',),
}


def test_apis_are_enabled_in_the_order_of_the_table_and_never_disabled() -> None:
    enabled = {
        each.name: each
        for each in rich().resources
        if each.name.startswith('alpha-gcp-') and each.name.endswith('-service')
    }
    assert {name: each.depends_on for name, each in enabled.items()} == {
        f'alpha-gcp-{api}-service': tuple(
            sorted(['alpha-gcp-project', *(f'alpha-gcp-{other}-service' for other in others)])
        )
        for api, others in AFTER.items()
    }
    assert enabled['alpha-gcp-cloudbillingbudgets-service'].inputs == {
        'service': 'billingbudgets.googleapis.com',
        'project': 'lantern-alpha',
        'disableOnDestroy': False,
    }


def test_secrets_are_enabled_in_the_project_of_the_common_dataset_for_the_dropbox_service() -> None:
    without = plan_of(dataset('common', components={'gcp': []}), data_dropbox=None)
    assert 'common-gcp-secretmanager-service' not in without.resource_by_name
    with_it = plan_of(dataset('common', components={'gcp': []}))
    assert 'common-gcp-secretmanager-service' in with_it.resource_by_name


def test_a_project_is_left_alone_when_it_leaves_the_plan_and_the_shared_one_comes_after() -> None:
    project, shared = (rich().resource_by_name[f'alpha-gcp-{name}'] for name in ('project', 'shared-project'))
    assert {key: str(value) for key, value in project.inputs.items()} == {
        'projectId': 'lantern-alpha',
        'name': 'lantern-alpha',
        'orgId': '«getOrganization(example.org).orgId»',
        'billingAccount': '0A1B2C-3D4E5F-6A7B8C',
        'deletionPolicy': 'ABANDON',
    }
    assert shared.inputs['projectId'] == 'lantern-alpha-shared'
    assert shared.depends_on == ('alpha-gcp-project',)


def test_budgets_notify_a_topic_at_their_thresholds_and_are_named_like_their_project() -> None:
    topic = 'projects/lantern-billing/topics/budgets'
    plan = plan_of(alpha(), gcp={**GCP, 'budget_notification_pubsub': topic}, budget_notification_thresholds=[0.5, 1])
    monthly, shared = (plan.resource_by_name[f'alpha-gcp-gcp-{name}-budget'].inputs for name in ('monthly', 'shared'))
    assert monthly['displayName'] == 'lantern-alpha'
    assert monthly['thresholdRules'] == [{'thresholdPercent': 0.5}, {'thresholdPercent': 1}]
    assert monthly['allUpdatesRule'] == {'pubsubTopic': topic, 'schemaVersion': '1.0'}
    assert shared['displayName'] == 'lantern-alpha-shared'
    assert "'customPeriod': {'startDate': {'year': 2022, 'month': 1, 'day': 1}}" in str(shared['budgetFilter'])
    assert 'creditTypesTreatment' not in str(shared['budgetFilter'])


def test_budgets_without_a_topic_have_no_thresholds_either() -> None:
    assert {'thresholdRules', 'allUpdatesRule'} & rich().resource_by_name[
        'alpha-gcp-gcp-monthly-budget'
    ].inputs.keys() == set()


def test_things_lie_in_the_region_of_their_dataset_of_the_common_one_or_of_the_organisation() -> None:
    plan = plan_of(
        alpha(gcp={'project': 'lantern-alpha', 'region': 'us-central1'}),
        dataset('common', gcp={'project': 'lantern-common', 'region': 'europe-west1'}, create_container_registry=True),
    )
    places = {
        name: plan.resource_by_name[name].inputs['location']
        for name in (
            'alpha-gcp-main-bucket',
            'alpha-gcp-artifact-registry-images',
            'common-gcp-artifact-registry-images',
            'common-gcp-lantern-members-group-cache-bucket',
            'common-gcp-metamist-api-invoke-group-sample-metadata-invokers',
            'common-gcp-runner-images-read-group-common-images-reader',
            'common-gcp-runner-api-invoke-group-analysis-runner-invokers',
            'python-artifact-registry',
        )
    }
    assert places == {
        'alpha-gcp-main-bucket': 'us-central1',
        'alpha-gcp-artifact-registry-images': 'us-central1',
        'common-gcp-artifact-registry-images': 'europe-west1',
        'common-gcp-lantern-members-group-cache-bucket': 'europe-west1',
        'common-gcp-metamist-api-invoke-group-sample-metadata-invokers': 'europe-west1',
        'common-gcp-runner-images-read-group-common-images-reader': 'europe-west1',
        'common-gcp-runner-api-invoke-group-analysis-runner-invokers': 'australia-southeast1',
        'python-artifact-registry': 'australia-southeast1',
    }


def test_hail_users_are_named_after_the_prefix_and_the_stand_in() -> None:
    override = {'project': 'lantern-alpha', 'hail_service_account_dataset_name_override': 'al'}
    plan = plan_of(
        dataset('alpha', gcp=override),
        hail={
            'gcp': {'hail_batch_url': 'https://b.example.org', 'hail_auth_url': 'https://a.example.org'},
            'username_prefix': 'lt-',
        },
    )
    users = {each.inputs['username'] for each in plan.resources if each.type == 'cpg:hail:User'}
    levels = ('full', 'standard', 'test')
    assert users == {f'lt-{name}-{level}' for name in ('al', 'common') for level in levels}
