"""What the entry points and commands need, from a folder of configuration and the environment."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig, load
from cpg_infra.plugins.billing_aggregator.cost_control import Policy, policy_of
from cpg_infra.plugins.billing_aggregator.cost_report import Billing, Known
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, LedgerError, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
from cpg_infra.plugins.billing_aggregator.ledger.opening import FILE
from cpg_infra.plugins.billing_aggregator.ledger.runs import new_run_id
from cpg_infra.plugins.billing_aggregator.outside import GoogleIdentity, Http, Slack
from cpg_infra.plugins.billing_aggregator.outside.slack import TOKEN
from cpg_infra.plugins.billing_aggregator.tables import configured_budgets
from cpg_infra.plugins.billing_aggregator.tables.budgets import MONTHLY

FOLDER: Final = 'CPG_BILLING_CONFIG'
"""Environment variable: the folder of configuration; the current one without it."""

DATABASE: Final = 'CPG_BILLING_DATABASE'
"""Environment variable: the ledger's file; `billing.duckdb` in the folder of configuration without it. `bigquery` is the
table that the configuration names."""

BIGQUERY: Final = 'bigquery'

ENDPOINTS: Final = 'CPG_ENDPOINTS'
"""Environment variable: a JSON object that replaces the beginnings of addresses, as for the provider."""

PATIENCE: Final = 120.0
"""Seconds that an entry point waits for another one that has the ledger open."""


@dataclass(frozen=True, slots=True)
class Configured:
    """A configuration, and where its ledger is."""

    folder: Path
    organisation: CPGInfrastructureConfig
    datasets: Mapping[str, CPGDatasetConfig]
    database: str
    environment: Mapping[str, str]

    @property
    def controls(self) -> CPGInfrastructureConfig.Billing.GCPCostControls | None:
        """The section about cost control and reports."""
        return self.organisation.billing.gcp_cost_controls if self.organisation.billing else None

    @property
    def account(self) -> str:
        """The billing account; empty without one."""
        billing = self.organisation.billing
        return billing.gcp.account_id if billing is not None and billing.gcp is not None else ''

    @property
    def zone(self) -> dt.tzinfo:
        """The time zone of reports. Raises `LedgerError` for one that is unknown here."""
        if self.controls is None:
            return dt.UTC
        try:
            return ZoneInfo(self.controls.timezone)
        except (ValueError, ZoneInfoNotFoundError):
            raise LedgerError(
                f'billing.gcp_cost_controls.timezone: there is no time zone {self.controls.timezone!r} on this machine'
            ) from None

    @contextmanager
    def ledger(self, *, read_only: bool = False) -> Iterator[Ledger]:
        """Open the ledger, or wait for who has it. Raises `LedgerError`."""
        if self.database != BIGQUERY:
            with open_ledger(self.database, read_only=read_only, patience=PATIENCE) as ledger:
                yield ledger
            return
        from cpg_infra.plugins.billing_aggregator.ledger.bigquery_engine import open_bigquery  # noqa: PLC0415 - an extra

        billing = self.organisation.billing
        if billing is None or billing.aggregator is None:
            raise InputError('billing.aggregator.destination_bq_table: the configuration names no table')
        engine = open_bigquery(
            billing.aggregator.destination_bq_table,
            new_run_id(dt.datetime.now(dt.UTC)),
            monthly_summary=billing.aggregator.monthly_summary_table,
            read_only=read_only,
        )
        try:
            yield Ledger(engine)
        finally:
            engine.close()

    def http(self) -> Http:
        """A client; close it in the end."""
        return Http(endpoints=json.loads(self.environment.get(ENDPOINTS) or '{}'))

    def identity(self, http: Http, scope: str | None = None) -> GoogleIdentity:
        """Who we are to Google; `scope` is what for, where that is not Google Cloud."""
        return GoogleIdentity(http, self.environment, scope)

    def slack(self, http: Http) -> Slack:
        """The channel that hears about costs. Raises `LedgerError` without a section that names it."""
        if self.controls is None:
            raise LedgerError('billing.gcp_cost_controls: there is no such section, so there is no channel to post to')
        return Slack(http, self.environment.get(TOKEN, ''), self.controls.slack_channel)

    def policy(self) -> Policy:
        """The rules of cost control. Raises `LedgerError` without a section that has them."""
        policy = policy_of(self.organisation, self.datasets)
        if policy is None:
            raise LedgerError('billing.gcp_cost_controls: there is no such section, so nothing is controlled')
        return policy

    def known(self, billing: Mapping[str, Billing]) -> Known:
        """What a report is told beside the figures."""
        budgets = {
            row.project: (Decimal(row.amount), row.currency)
            for row in configured_budgets(self.organisation, self.datasets)
            if row.project is not None and row.kind == MONTHLY
        }
        datasets = {dataset.gcp.project: name for name, dataset in self.datasets.items() if dataset.gcp is not None}
        aggregator = self.organisation.billing.aggregator if self.organisation.billing else None
        attribution = aggregator.attribution if aggregator else None
        return Known(datasets, budgets, billing, attribution.hail_topic if attribution else 'hail')


def load_configured(
    environment: Mapping[str, str], folder: str | None = None, database: str | None = None
) -> Configured:
    """Load the configuration. Raises `ConfigurationError` with all its faults."""
    where = Path(folder or environment.get(FOLDER) or '.')
    loaded = load(where)
    return Configured(
        folder=where,
        organisation=loaded.organisation,
        datasets=loaded.datasets,
        database=database or environment.get(DATABASE) or str(where / FILE),
        environment=environment,
    )
