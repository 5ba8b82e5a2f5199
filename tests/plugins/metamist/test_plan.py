"""What the plan holds of loading: least privilege against what is granted today, and the path of a message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cpg_infra.config import ConfigurationError
from cpg_infra.plan import Archive, Plan
from tests.organisations import dataset, plan_of
from tests.plugins.metamist.loading import CODE, ETL, PROJECT, loaded

EXTRACT = f'metamist-etl-extract-sa@{PROJECT}.iam.gserviceaccount.com'
LOAD = f'metamist-etl-load-sa@{PROJECT}.iam.gserviceaccount.com'
OTHER = f'metamist-etl-sa@{PROJECT}.iam.gserviceaccount.com'
LAB = f'metamist-etl-lab@{PROJECT}.iam.gserviceaccount.com'
NOTEBOOK = 'notebook-alpha@lantern-notebooks.iam.gserviceaccount.com'
REGION = 'australia-southeast1'


def may(plan: Plan, principal: str) -> set[str]:
    return {
        f'{grant.role.value} on {grant.asset.partition(":")[2]}'
        for grant in plan.grants
        if grant.principal == f'gcp:{principal}'
    }


def inputs_of(plan: Plan, name: str) -> Any:
    return plan.resource_by_name[name].inputs


TODAY_GRANTED = {
    EXTRACT: {'roles/editor on the project', 'WRITER on the set of tables'},
    LOAD: {
        'roles/editor on the project',
        'WRITER on the set of tables',
        'roles/bigquery.jobUser on the project',
        'roles/secretmanager.secretAccessor on the project',
    },
    OTHER: {'roles/run.invoker on the project'},
}
"""What each account is granted in today's deployment, beside what it is granted here."""

OURS = {
    EXTRACT: {
        f'tables.write on table:{PROJECT}.metamist.etl-data',
        f'topic.publish on topic:{PROJECT}/metamist-etl-topic-*',
        f'service.invoke on function:{PROJECT}/{REGION}/metamist-etl-load',
    },
    LOAD: {
        f'tables.read on table:{PROJECT}.metamist.etl-data',
        f'tables.write on table:{PROJECT}.metamist.etl-logs',
        f'project.run-queries on project:{PROJECT}',
        f'secret.read on secret:{PROJECT}/accessor-configuration',
        f'topic.publish on topic:{PROJECT}/metamist-etl-notification-*',
        f'service.invoke on service:{PROJECT}/{REGION}/metamist-api',
    },
    OTHER: {
        f'service.invoke on function:{PROJECT}/{REGION}/metamist-etl-notification-func',
        'secret.read on secret:lantern-billing/slack-token',
    },
}


@pytest.mark.parametrize('account', sorted(OURS))
def test_each_account_may_do_what_it_does_and_no_more(account: str) -> None:
    assert may(loaded(), f'machine:{account}') == OURS[account]
    wide = {each for each in TODAY_GRANTED[account] if each.endswith('on the project')}
    kept = {each for each in OURS[account] if 'on project:' in each}
    assert len(kept) < len(wide)


def test_accessors_and_analysts_invoke_what_receives_and_nothing_else() -> None:
    plan = loaded()
    receiving = {
        f'service.invoke on function:{PROJECT}/{REGION}/metamist-etl-extract',
        f'service.invoke on service:{PROJECT}/{REGION}/metamist-etl-extract-external',
    }
    assert may(plan, f'machine:{LAB}') == receiving
    assert receiving <= may(plan, 'group:alpha-analysis')


def test_the_agent_of_messages_is_that_of_the_projects_own_number_and_takes_nothing_from_others() -> None:
    plan = loaded()
    agent = f'machine:messages-of-{PROJECT}'
    assert may(plan, agent) == {
        f'topic.publish on topic:{PROJECT}/metamist-etl-dead-letters-topic-*',
        f'topic.publish on topic:{PROJECT}/metamist-etl-notification-dead-letters-topic-*',
        f'subscription.consume on subscription:{PROJECT}/metamist-etl-subscription-*',
        f'subscription.consume on subscription:{PROJECT}/metamist-etl-notification-subscription-*',
    }
    assert str(plan.principal_by_key[f'gcp:{agent}'].address) == (
        f'service-«getProject({PROJECT}).number»@gcp-sa-pubsub.iam.gserviceaccount.com'
    )
    assert [each.name for each in plan.resources if 'IAMPolicy' in each.type] == []


def configuration(plan: Plan) -> Any:
    return json.loads(str(inputs_of(plan, 'metamist-etl-accessor-configuration')['secretData']))


def test_the_configuration_names_everybody_who_may_send() -> None:
    redcap = f'metamist-etl-redcap@{PROJECT}.iam.gserviceaccount.com'
    assert configuration(loaded()) == {
        'by_type': {
            'lab/v1': {
                'parser_name': 'lab/v1',
                'default_parameters': {},
                'users': ['ana@example.org', 'bao@example.org', LAB, NOTEBOOK],
            },
            'redcap/v2': {
                'parser_name': 'redcap/v2',
                'default_parameters': {'project': 'a'},
                'users': [LAB, redcap],
            },
        },
    }


def test_the_configuration_is_secret_and_of_a_size_that_a_secret_can_have() -> None:
    version = loaded().resource_by_name['metamist-etl-accessor-configuration']
    assert version.options.secret_inputs == ('secretData',)
    parser = {**ETL['by_type']['/lab/v1'], 'default_parameters': {'note': 'x' * 66_000}}
    plan = loaded(by_type={**ETL['by_type'], '/lab/v1': parser})
    [error] = plan.errors
    assert (error.code, error.subject) == ('large-secret', 'metamist.etl.by_type')
    assert 'a secret holds 65,536' in error.message


def test_a_message_is_tried_five_times_and_never_forgotten() -> None:
    plan = loaded()
    subscription = inputs_of(plan, 'metamist-etl-subscription')
    assert (subscription['ackDeadlineSeconds'], subscription['expirationPolicy']) == (300, {'ttl': ''})
    assert subscription['retryPolicy'] == {'minimumBackoff': '10s'}
    assert subscription['deadLetterPolicy']['maxDeliveryAttempts'] == 5
    assert str(subscription['pushConfig']['pushEndpoint']) == '«metamist-etl-load.url»'
    assert subscription['pushConfig']['oidcToken'] == {'serviceAccountEmail': EXTRACT}
    assert inputs_of(plan, 'metamist-etl-notification-subscription')['ackDeadlineSeconds'] == 20


@pytest.mark.parametrize(
    ('name', 'entry_point', 'ingress'),
    [
        ('metamist-etl-extract', 'etl_extract', 'ALLOW_ALL'),
        ('metamist-etl-load', 'etl_load', 'ALLOW_INTERNAL_ONLY'),
        ('metamist-etl-notification-func', 'etl_notify', 'ALLOW_INTERNAL_ONLY'),
    ],
)
def test_functions_are_as_deployed(name: str, entry_point: str, ingress: str) -> None:
    inputs = inputs_of(loaded(), name)
    service = inputs['serviceConfig']
    assert (inputs['name'], inputs['buildConfig']['entryPoint'], inputs['buildConfig']['runtime']) == (
        name,
        entry_point,
        'python311',
    )
    assert (service['availableMemory'], service['timeoutSeconds'], service['maxInstanceCount']) == ('2Gi', 540, 1)
    assert service['ingressSettings'] == ingress


def test_the_token_for_slack_is_a_reference_everywhere() -> None:
    plan = loaded()
    service = inputs_of(plan, 'metamist-etl-notification-func')['serviceConfig']
    assert service['environmentVariables'] == {'SLACK_CHANNEL': 'loads'}
    assert service['secretEnvironmentVariables'] == [
        {'key': 'SLACK_BOT_TOKEN', 'projectId': 'lantern-billing', 'secret': 'slack-token', 'version': 'latest'}
    ]
    channel = plan.resource_by_name['metamist-etl-notification-incidents-channel']
    assert channel.options.secret_inputs == ('sensitiveLabels',)


def test_both_messages_and_alerts_are_there() -> None:
    names = {name for name in loaded().resource_by_name if name.endswith('-alert-policy')}
    assert names == {
        f'metamist-etl-notification-{function}-alert-policy'
        for function in ('metamist-etl-extract', 'metamist-etl-load', 'metamist-etl-notification-func')
    }


def test_without_a_channel_nobody_is_told() -> None:
    plan = loaded(slack_channel=None)
    assert [name for name in plan.resource_by_name if 'notification' in name] == []
    assert inputs_of(plan, 'metamist-etl-load')['serviceConfig']['environmentVariables'][
        'NOTIFICATION_PUBSUB_TOPIC'
    ] == ''  # fmt: skip


def test_tables_are_protected() -> None:
    plan = loaded()
    for name, columns in (
        ('metamist-etl-bigquery-table', ['request_id', 'timestamp', 'type', 'submitting_user', 'body']),
        ('metamist-etl-bigquery-table-logs', ['request_id', 'timestamp', 'status', 'details']),
    ):
        assert [column['name'] for column in json.loads(inputs_of(plan, name)['schema'])] == columns
        assert inputs_of(plan, name)['deletionProtection'] is True
        assert plan.resource_by_name[name].options.protect


def code(plan: Plan, name: str) -> Archive:
    archive = inputs_of(plan, f'{name}-source-code')['source']
    assert isinstance(archive, Archive)
    return archive


def test_code_comes_from_the_configuration_and_the_loader_gets_more_packages() -> None:
    plan = loaded()
    assert code(plan, 'metamist-etl-extract').files == {
        'main.py': CODE['extract/main.py'],
        'requirements.txt': b'flask\n',
    }
    assert code(plan, 'metamist-etl-load').files['requirements.txt'].decode().splitlines() == [
        'metamist',
        f'--extra-index-url https://{REGION}-python.pkg.dev/lantern-common/python-registry/simple/',
        'lantern-parsers==2.4.1',
    ]
    source = inputs_of(plan, 'metamist-etl-extract')['buildConfig']['source']['storageSource']
    assert source == {
        'bucket': 'lantern-metamist-source-bucket',
        'object': f'metamist-etl-extract/{code(plan, "metamist-etl-extract").sha256}.zip',
    }


def test_a_second_service_accepts_other_audiences_and_its_image_cannot_change() -> None:
    service = inputs_of(loaded(), 'metamist-etl-extract-external')
    assert service['customAudiences'] == ['https://loads.example.org']
    assert '@sha256:' in service['template']['containers'][0]['image']


def test_without_the_section_the_plan_says_that_nothing_is_loaded() -> None:
    plan = plan_of(dataset('common'), plugins_enabled=['metamist'])
    assert [str(remark) for remark in plan.diagnostics] == [
        'info: plugins_enabled: loading metadata is left out: there is no section metamist.etl'
    ]


def refusal(**changes: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        loaded(**changes)
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def test_code_that_is_not_there_is_an_error() -> None:
    missing = dict(CODE)
    del missing['notification/main.py']
    assert refusal(code=missing) == ['metamist.etl.source: there is no etl/notification/main.py']
    assert refusal(code=None) == ['metamist.etl.source: cannot be read: the configuration comes from no folder']
    assert refusal(source=None) == ["metamist.etl: the key 'source' is missing: the folder with the functions' code"]
