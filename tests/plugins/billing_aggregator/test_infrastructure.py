"""What the plan holds of billing: names as deployed, least privilege, and a word for what is left out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cpg_infra.config import load
from cpg_infra.plan import Archive, Plan
from cpg_infra.plugins.billing_aggregator.infrastructure.source import ENTRY_MODULE, ENTRY_POINTS
from cpg_infra.plugins.billing_aggregator.ledger.schema import EXISTING_COLUMNS
from tests.organisations import COORDINATOR, dataset, infrastructure_of, plan_of
from tests.plugins.billing_aggregator.billing import (
    AGGREGATOR,
    CONTROL,
    CONTROLS,
    PROJECT,
    REPORT,
    TOPIC,
    billed,
    billing,
)

FUNCTION = 'gcp:cloudfunctionsv2/function:Function'
JOB = 'gcp:cloudscheduler/job:Job'
TABLE = 'gcp:bigquery/table:Table'
OBJECT = 'gcp:storage/bucketObject:BucketObject'


def of_type(plan: Plan, token: str) -> dict[str, Any]:
    return {
        resource.name: resource.inputs
        for resource in plan.resources
        if resource.type == token and resource.owner.component == 'billing-aggregator'
    }


def may(plan: Plan, account: str) -> set[str]:
    """What an account may do: `role on thing`, things without their cloud."""
    return {
        f'{grant.role.value} on {grant.asset.partition(":")[2]}'
        for grant in plan.grants
        if grant.principal.endswith(account)
    }


def functions(*names: str) -> set[str]:
    return {
        f'service.invoke on function:{PROJECT}/australia-southeast1/billing-aggregator-{name}-billing-function-*'
        for name in names
    }


def test_the_coordinator_reads_the_export_writes_the_ledger_and_invokes_its_functions() -> None:
    assert may(billed(), COORDINATOR) - {'member'} == {
        f'tables.read on table:{PROJECT}.export.gcp_billing_export_v1',
        f'tables.write on tables:{PROJECT}.aggregate',
        f'tables.write on tables:{PROJECT}.ica',
        f'project.run-queries on project:{PROJECT}',
        'billing-account.read-budgets on billing-account:0A1B2C-3D4E5F-6A7B8C',
        f'secret.read on secret:{PROJECT}/aggregate-billing-hail-token',
        f'secret.read on secret:{PROJECT}/ica-key',
        *functions('gcp', 'hail', 'seqr', 'seqr24', 'ica', 'budgets', 'monthly'),
    }


def test_cost_control_takes_projects_off_their_billing_account_and_cannot_put_them_on_one() -> None:
    plan = billed()
    assert may(plan, CONTROL) == {
        'project.unlink-billing on project:lantern-alpha',
        'billing-account.read-budgets on billing-account:0A1B2C-3D4E5F-6A7B8C',
        f'project.run-queries on project:{PROJECT}',
        f'tables.read on tables:{PROJECT}.aggregate',
        f'tables.write on table:{PROJECT}.aggregate.costs_decisions',
        f'tables.write on table:{PROJECT}.aggregate.costs_leases',
        f'secret.read on secret:{PROJECT}/slack-token',
        f'service.invoke on function:{PROJECT}/australia-southeast1/gcp-cost-control-*',
    }
    role = plan.resource_by_name['billing-project-unlinker-role']
    assert role.inputs['permissions'] == [
        'resourcemanager.projects.deleteBillingAssignment',
        'resourcemanager.projects.get',
    ]
    [unlinking] = [name for name in plan.resource_by_name if 'unlink-billing' in name]
    assert role.name in plan.resource_by_name[unlinking].depends_on


def test_cost_control_that_only_reports_can_take_nothing_off() -> None:
    plan = billed(gcp_cost_controls={**CONTROLS, 'mode': 'dry-run'})
    assert [each for each in may(plan, CONTROL) if 'unlink' in each] == []
    assert 'billing-project-unlinker-role' not in plan.resource_by_name


def test_the_report_changes_nothing() -> None:
    assert may(billed(), REPORT) == {
        'billing-account.view on billing-account:0A1B2C-3D4E5F-6A7B8C',
        f'project.run-queries on project:{PROJECT}',
        f'tables.read on tables:{PROJECT}.aggregate',
        f'secret.read on secret:{PROJECT}/slack-token',
        f'service.invoke on function:{PROJECT}/australia-southeast1/gcp-cost-reporting-cloud-function-*',
    }


@pytest.mark.parametrize(
    ('name', 'memory', 'seconds', 'schedule'),
    [
        ('gcp', '1Gi', 3600, '1 */6 * * *'),
        ('hail', '2Gi', 3600, '2 */6 * * *'),
        ('seqr', '2Gi', 3600, '3 */6 * * *'),
        ('seqr24', '2Gi', 3600, '4 */6 * * *'),
        ('ica', '1Gi', 540, '0 */6 * * *'),
        ('budgets', '1Gi', 540, '30 5 * * *'),
        ('monthly', '1Gi', 540, '0 6 3 * *'),
    ],
)
def test_each_source_has_a_function_and_a_schedule(name: str, memory: str, seconds: int, schedule: str) -> None:
    plan = billed()
    inputs: Any = plan.resource_by_name[f'billing-aggregator-{name}-billing-function'].inputs
    service = inputs['serviceConfig']
    assert 'name' not in inputs
    assert (inputs['project'], inputs['location']) == (PROJECT, 'australia-southeast1')
    assert inputs['buildConfig']['entryPoint'] == (name if name in {'budgets', 'monthly'} else 'from_request')
    assert (service['availableMemory'], service['timeoutSeconds']) == (memory, seconds)
    assert (service['maxInstanceCount'], service['ingressSettings']) == (1, 'ALLOW_INTERNAL_ONLY')
    job: Any = plan.resource_by_name[f'billing-aggregator-scheduler-job-{name}'].inputs
    assert (job['schedule'], job['timeZone']) == (schedule, 'Australia/Sydney')
    assert job['httpTarget']['oidcToken']['serviceAccountEmail'] == COORDINATOR


def test_the_time_zone_of_the_schedules_is_a_setting() -> None:
    plan = billed(aggregator={**AGGREGATOR, 'timezone': 'Europe/Lisbon'})
    zones = {job['timeZone'] for name, job in of_type(plan, JOB).items() if name.startswith('billing-')}
    assert zones == {'Europe/Lisbon'}


def test_cost_control_hears_of_budgets() -> None:
    inputs: Any = billed().resource_by_name['gcp-cost-control'].inputs
    assert (inputs['eventTrigger']['pubsubTopic'], inputs['eventTrigger']['serviceAccountEmail']) == (TOPIC, CONTROL)
    assert (inputs['serviceConfig']['availableMemory'], inputs['project']) == ('256Mi', PROJECT)


def test_the_ledger_has_the_columns_that_others_read_and_is_protected() -> None:
    plan = billed()
    table = plan.resource_by_name['billing-costs-table']
    inputs: Any = table.inputs
    columns = json.loads(inputs['schema'])
    assert tuple(each['name'] for each in columns[: len(EXISTING_COLUMNS)]) == EXISTING_COLUMNS
    kinds = {each['name']: (each['type'], each['mode']) for each in columns}
    assert (kinds['id'], kinds['cost'], kinds['cost_exact'], kinds['rate_provisional'], kinds['credits']) == (
        ('STRING', 'REQUIRED'),
        ('FLOAT', 'NULLABLE'),
        ('NUMERIC', 'NULLABLE'),
        ('BOOLEAN', 'NULLABLE'),
        ('RECORD', 'REPEATED'),
    )
    project = next(each for each in columns if each['name'] == 'project')
    labels = next(each for each in project['fields'] if each['name'] == 'labels')
    assert (labels['mode'], [inner['name'] for inner in labels['fields']]) == ('REPEATED', ['key', 'value'])
    assert (inputs['timePartitioning'], inputs['clusterings']) == (
        {'type': 'DAY', 'field': 'usage_end_time'},
        ['topic'],
    )
    assert inputs['deletionProtection'] is True
    assert table.options.as_plain() == {'protect': True, 'retain': True}


def test_the_summary_of_a_month_goes_to_the_table_of_the_configuration() -> None:
    assert billed().resource_by_name['billing-monthly-table'].physical == f'{PROJECT}.aggregate.monthly'
    plan = billed(aggregator={**AGGREGATOR, 'monthly_summary_table': None})
    assert plan.resource_by_name['billing-costs_monthly_summary-table'].physical.endswith('.costs_monthly_summary')


def test_a_spreadsheet_needs_its_api_no_role_and_to_be_shared_by_hand() -> None:
    plan = billed()
    api = plan.resource_by_name['billing-aggregator-sheets-service']
    assert api.inputs['service'] == 'sheets.googleapis.com'
    assert api.name in plan.resource_by_name['billing-aggregator-monthly-billing-function'].depends_on
    assert [str(remark) for remark in plan.diagnostics if remark.code == 'share-by-hand'] == [
        (
            f'info: billing.aggregator.billing_sheet_id: share the spreadsheet a-sheet, as an editor, with {COORDINATOR}: '
            'no role of the cloud opens it'
        )
    ]
    without = billed(aggregator={**AGGREGATOR, 'billing_sheet_id': None})
    assert api.name not in without.resource_by_name
    assert may(without, COORDINATOR) == may(plan, COORDINATOR)
    assert [remark for remark in without.diagnostics if remark.code == 'share-by-hand'] == []


def test_alerts_name_the_project_and_their_channel_keeps_its_token_out_of_the_plan() -> None:
    plan = billed()
    channel = plan.resource_by_name['billing-aggregator-slack-notification-channel']
    assert channel.options.secret_inputs == ('sensitiveLabels',)
    assert str(channel.inputs['sensitiveLabels']).count('Lookup') == 1
    policies = of_type(plan, 'gcp:monitoring/alertPolicy:AlertPolicy')
    assert {policy['project'] for policy in policies.values()} == {PROJECT}
    silence = policies['billing-aggregator-gcp-silence-alert']['conditions'][0]['conditionAbsent']
    assert silence['duration'] == f'{2 * 6 * 3600}s'
    warning = policies['billing-aggregator-gcp-alert']
    assert warning['alertStrategy'] == {'notificationRateLimit': {'period': '300s'}}
    assert str(warning['conditions'][0]['conditionMatchedLog']['filter']) == (
        'resource.type="cloud_run_revision" AND resource.labels.service_name='
        '"«billing-aggregator-gcp-billing-function.name»" AND severity>=WARNING'
    )


def left_out(plan: Plan) -> list[str]:
    return [str(remark) for remark in plan.diagnostics if remark.code == 'left-out']


@pytest.mark.parametrize(
    ('changes', 'said'),
    [
        (
            {'aggregator': None, 'gcp_cost_controls': None},
            [
                (
                    'info: billing: cost control and the cost report are left out: there is no section '
                    'billing.gcp_cost_controls'
                ),
                'info: billing: the aggregation is left out: there is no section billing.aggregator',
            ],
        ),
        (
            {'coordinator_machine_account': None, 'gcp_cost_controls': None},
            [
                (
                    'info: billing: cost control and the cost report are left out: there is no section '
                    'billing.gcp_cost_controls'
                ),
                (
                    'info: billing.aggregator: the functions of the aggregation are left out: no '
                    'billing.coordinator_machine_account runs them'
                ),
            ],
        ),
        (
            {'notify': None},
            [
                (
                    'info: billing.gcp_cost_controls: cost control is left out: budgets notify nobody: '
                    'gcp.budget_notification_pubsub'
                ),
            ],
        ),
        (
            {'gcp': {'project_id': PROJECT, 'account_id': 'A'}},
            ['info: billing.gcp: reading the export is left out: there is no billing.gcp.source_bq_table'],
        ),
        (
            {'aggregator': {**AGGREGATOR, 'billing_sheet_id': None, 'monthly_summary_table': None}},
            [
                (
                    'info: billing.aggregator: the monthly summary is left out: neither monthly_summary_table nor '
                    'billing_sheet_id is given'
                ),
            ],
        ),
    ],
)
def test_a_missing_section_leaves_its_part_out_and_the_plan_says_so(changes: dict[str, Any], said: list[str]) -> None:
    plan = billed(**changes)
    assert left_out(plan) == said


def test_without_the_section_the_plan_says_that_there_is_no_billing() -> None:
    plan = plan_of(
        dataset('common', deploy_locations=['dry-run']), plugins_enabled=['billing_aggregator'], billing=None
    )
    assert left_out(plan) == ['info: plugins_enabled: billing is left out: no dataset is on gcp']


# The code of the functions ---------------------------------------------------------------------------------


def source(plan: Plan) -> Archive:
    archive = plan.resource_by_name['billing-aggregator-functions-source-code'].inputs['source']
    assert isinstance(archive, Archive)
    return archive


def test_code_is_named_by_its_content_and_nothing_changes_while_it_does_not() -> None:
    plan = billed()
    name = f'billing-aggregator/{source(plan).sha256}.zip'
    assert plan.resource_by_name['billing-aggregator-functions-source-code'].inputs['name'] == name
    for inputs in of_type(plan, FUNCTION).values():
        assert inputs['buildConfig']['source'] == {
            'storageSource': {'bucket': 'lantern-aggregator-source-bucket', 'object': name}
        }
    assert (
        billed().resource_by_name['billing-aggregator-functions-source-code']
        == (plan.resource_by_name['billing-aggregator-functions-source-code'])
    )


def test_who_joins_a_dataset_deploys_no_function_and_a_new_dataset_does() -> None:
    def made(*datasets: Any) -> str:
        return source(
            plan_of(*datasets, plugins_enabled=['billing_aggregator'], billing=billing(gcp_cost_controls=None))
        ).sha256

    alone = made(dataset('alpha'))
    assert made(dataset('alpha', members={'analysis': ['ana']})) == alone
    assert made(dataset('alpha'), dataset('beta')) != alone


def test_nobody_is_in_the_code_and_the_configuration_in_it_is_sound(tmp_path: Path) -> None:
    archive = source(billed())
    for path, content in archive.files.items():
        if path.startswith('configuration/'):
            (tmp_path / Path(path).name).write_bytes(content)
    loaded = load(tmp_path)
    assert loaded.organisation.users == {}
    assert sorted(loaded.datasets) == ['alpha', 'common']
    assert loaded.organisation.billing == infrastructure_of(billing=billing()).config.billing


def test_a_function_begins_where_the_package_has_it_and_finds_its_secrets_by_reference() -> None:
    for name in ENTRY_POINTS:
        assert callable(getattr(import_module(ENTRY_MODULE), name))
    plan = billed()
    found = {
        name.removeprefix('billing-aggregator-'): [
            (each['key'], each['secret']) for each in inputs['serviceConfig'].get('secretEnvironmentVariables', ())
        ]
        for name, inputs in of_type(plan, FUNCTION).items()
    }
    hail = [('HAIL_TOKEN_GCP', 'aggregate-billing-hail-token')]
    assert found == {
        'gcp-billing-function': [],
        'hail-billing-function': hail,
        'seqr-billing-function': hail,
        'seqr24-billing-function': hail,
        'ica-billing-function': [('ICA_API_KEY', 'ica-key')],
        'budgets-billing-function': [],
        'monthly-billing-function': [],
        'gcp-cost-control': [('SLACK_TOKEN', 'slack-token')],
        'gcp-cost-reporting-cloud-function': [('SLACK_TOKEN', 'slack-token')],
    }


def test_planning_needs_nothing_of_the_extra_for_the_ledger() -> None:
    program = (
        'import sys\n'
        "sys.modules['duckdb'] = sys.modules['sqlglot'] = None\n"
        'import cpg_infra.plugins.billing_aggregator.plugin\n'
    )
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, '')


def pins(text: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Version and hashes by project, of a locked file."""
    found = {}
    for block in re.split(r'\n(?=\S)', '\n'.join(line for line in text.splitlines() if '# ' not in line)):
        if named := re.match(r'([A-Za-z0-9._-]+)==([^ ;]+)', block):
            found[named[1]] = (named[2], frozenset(re.findall(r'--hash=(sha256:[0-9a-f]{64})', block)))
    return found


def test_a_function_installs_exactly_what_was_tested() -> None:
    text = source(billed()).files['requirements.txt'].decode()
    tested = pins((Path(__file__).parents[3] / 'requirements' / 'dev.txt').read_text(encoding='utf-8'))
    installed = pins(text)
    assert installed == {name: tested.get(name) for name in installed}
    assert all(hashes for _, hashes in installed.values())
    assert '://' not in text
    assert '--' not in re.sub(r'--hash=', '', text)


def test_what_a_function_installs_needs_nothing_else() -> None:
    installed = pins(source(billed()).files['requirements.txt'].decode())
    environment = {'python_version': '3.11', 'python_full_version': '3.11.9', 'sys_platform': 'linux', 'extra': ''}
    missing = {
        f'{name} needs {each.name}'
        for name in installed
        for each in map(Requirement, requires(name) or ())
        if (each.marker is None or each.marker.evaluate(environment)) and canonicalize_name(each.name) not in installed
    }
    assert missing == set()


def test_a_function_needs_nothing_that_it_does_not_install(tmp_path: Path) -> None:
    archive = source(billed())
    for path, content in archive.files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    installed = pins(archive.files['requirements.txt'].decode())
    absent = {
        module
        for module, projects in packages_distributions().items()
        if not any(canonicalize_name(project) in installed for project in projects)
    }
    program = (
        'import sys\n'
        f'sys.modules.update(dict.fromkeys({sorted(absent - {"cpg_infra"})!r}))\n'
        f'sys.path.insert(0, {str(tmp_path)!r})\n'
        'import functions_framework, main\n'
        'from cpg_infra.plugins.billing_aggregator.ledger import bigquery_engine\n'
        f'assert main.from_request.__code__.co_filename.startswith({str(tmp_path)!r})\n'
    )
    done = subprocess.run(
        [sys.executable, '-I', '-c', program], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_code_is_complete_in_itself(tmp_path: Path) -> None:
    for path, content in source(billed()).files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    program = (
        'import pkgutil, sys, importlib\n'
        f'sys.path.insert(0, {str(tmp_path)!r})\n'
        'import cpg_infra.plugins.billing_aggregator as package\n'
        f'assert package.__file__.startswith({str(tmp_path)!r}), package.__file__\n'
        'for each in pkgutil.walk_packages(package.__path__, package.__name__ + "."):\n'
        '    importlib.import_module(each.name)\n'
    )
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stderr == ''
    assert done.returncode == 0
