"""Cost control: what hears of budgets and may take a project off its billing account, and no more than that."""

from __future__ import annotations

from cpg_infra.abstraction import By, Secret
from cpg_infra.config import CPGInfrastructureConfig
from cpg_infra.plan import BillingRole, Principal, ProjectRole, SecretRole, TablesRole
from cpg_infra.plugins.billing_aggregator.cost_control.policy import Mode, policy_of
from cpg_infra.plugins.billing_aggregator.infrastructure.accounts import (
    billing_account,
    make_budget_reader,
    make_unlinker,
)
from cpg_infra.plugins.billing_aggregator.infrastructure.place import Place
from cpg_infra.plugins.billing_aggregator.infrastructure.tables import table_names
from cpg_infra.plugins.billing_aggregator.ledger.schema import DECISIONS, LEASES, LEDGER
from cpg_infra.plugins.google.function import Shape
from cpg_infra.plugins.google.tables import table, table_set

SMALL = Shape(memory='256Mi')


def declare_cost_control(place: Place) -> None:
    """Make all that the section `billing.gcp_cost_controls` asks for."""
    controls = place.billing.gcp_cost_controls
    if controls is None:
        place.left_out('cost control and the cost report are', 'there is no section billing.gcp_cost_controls')
        return
    _declare_report(place, controls)
    section = place.infrastructure.config.gcp
    topic = section.budget_notification_pubsub if section is not None else None
    if topic is None:
        place.left_out('cost control is', 'budgets notify nobody: gcp.budget_notification_pubsub', 'gcp_cost_controls')
        return
    by = place.by('gcp_cost_controls', 'machine_account')
    account = place.cloud.account(controls.machine_account)
    _let_control(place, account, by)
    function = place.functions.declare(
        'gcp-cost-control',
        place.program('cost_control', SMALL, **_slack(place, by)),
        account,
        by,
        topic=topic,
        depends_on=place.apis,
    )
    place.functions.let_invoke(account, function, by)
    if place.alerts is not None:
        place.alerts.on_warning('billing-gcp-cost-control-alert', 'Billing: cost control warns', function, by)


def _let_control(place: Place, account: Principal, by: By) -> None:
    """Confirm a cost, write down a decision, announce it; where it is to act, take off what is not protected."""
    cloud = place.cloud
    make_budget_reader(place)
    cloud.grant(account, BillingRole.READ_BUDGETS, billing_account(place, by), by)
    policy = policy_of(place.infrastructure.config, place.infrastructure.dataset_configs)
    if policy is not None and policy.mode is Mode.ENFORCE:
        make_unlinker(place)
        why = place.by('gcp_cost_controls', 'mode')
        for project in sorted(policy.projects):
            if policy.projects[project].protected is None:
                cloud.grant(account, ProjectRole.UNLINK_BILLING, cloud.existing_project(project, why), why)
    _let_read(place, account, by)
    aggregator = place.billing.aggregator
    if aggregator is not None:
        # It writes down what it decides, and holds a lease while it does.
        for written in (DECISIONS, LEASES):
            cloud.grant(account, TablesRole.WRITE, table(cloud, table_names(aggregator)[written.name], by), by)


def _let_read(place: Place, account: Principal, by: By) -> None:
    """Ask the ledger, and speak on Slack."""
    cloud, aggregator = place.cloud, place.billing.aggregator
    cloud.grant(account, ProjectRole.RUN_QUERIES, place.project.handle, by)
    if aggregator is not None:
        cloud.grant(account, TablesRole.READ, table_set(cloud, table_names(aggregator)[LEDGER.name], by), by)
        token = place.secret(aggregator.slack_token_secret_name, by)
        cloud.grant(account, SecretRole.READ, token, by)
    else:
        place.left_out('the ledger and Slack are', 'there is no section billing.aggregator', 'gcp_cost_controls')


def _slack(place: Place, by: By) -> dict[str, Secret]:
    aggregator = place.billing.aggregator
    return {} if aggregator is None else {'SLACK_TOKEN': place.secret(aggregator.slack_token_secret_name, by)}


def _declare_report(place: Place, controls: CPGInfrastructureConfig.Billing.GCPCostControls) -> None:
    key = 'machine_account' if controls.report_machine_account is None else 'report_machine_account'
    by = place.by('gcp_cost_controls', key)
    account = place.cloud.account(controls.report_machine_account or controls.machine_account)
    if controls.report_machine_account is None:
        place.left_out(
            'an account for the reports is', 'they run as cost control, which may change more', 'gcp_cost_controls'
        )
    place.cloud.grant(account, BillingRole.VIEW, billing_account(place, by), by)
    _let_read(place, account, by)
    function = place.functions.declare(
        'gcp-cost-reporting-cloud-function',
        place.program('cost_report', SMALL, **_slack(place, by)),
        account,
        by,
        depends_on=place.apis,
    )
    place.functions.schedule(
        'gcp-cost-reporting-job', function, '0 9 * * *', controls.timezone, account, by, depends_on=place.apis
    )
    if place.alerts is not None:
        place.alerts.on_warning('billing-gcp-cost-reporting-alert', 'Billing: the cost report warns', function, by)
