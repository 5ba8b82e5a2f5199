"""The views that others read, each over a table that runs refresh."""

from __future__ import annotations

from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema.columns import NUMERIC, Column, View, text, time

DAILY: Final = View(
    'aggregate_daily',
    'Cost by day.',
    (
        Column('day', 'DATE', 'Day of the end of usage, UTC.'),
        text('gcp_project', 'Project id.'),
        text('topic', 'As in the ledger.'),
        text('cost_category', 'The service.'),
        text('sku', 'Description of the SKU.'),
        text('invoice_month', '`YYYYMM`.'),
        text('currency', 'ISO 4217.'),
        Column('cost', 'FLOAT64', 'Gross cost.'),
        text('source', 'The source.'),
        text('cost_type', '`regular`, `tax` …'),
        Column('cost_exact', NUMERIC, 'Gross cost, exact.'),
        Column('credits_exact', NUMERIC, 'Credits, exact.'),
        Column('net_exact', NUMERIC, 'Net cost, exact.'),
    ),
    ('day', 'gcp_project', 'topic', 'cost_category', 'sku', 'invoice_month', 'currency', 'source', 'cost_type'),
    'day',
)

LABELLED: Final = (
    'ar_guid',
    'dataset',
    'batch_id',
    'job_id',
    'batch_name',
    'job_name',
    'batch_resource',
    'stage',
    'sequencing_type',
    'sequencing_group',
    'sequencing_groups',
    'cohorts',
    'compute_category',
    'cromwell_sub_workflow_name',
    'cromwell_workflow_id',
    'goog_pipelines_worker',
    'wdl_task_name',
    'namespace',
)
"""Columns of the extended view that come from labels of the same name (`-` and `_` are alike)."""

DAILY_EXTENDED: Final = View(
    'aggregate_daily_extended',
    'Cost by day and what the work was for.',
    (
        *DAILY.columns[:7],
        *(text(name, f'Label `{name}`.') for name in LABELLED),
        text('labels', 'All labels, one JSON object.'),
        *DAILY.columns[7:],
    ),
    (*DAILY.key, 'labels'),
    'day',
)

JOB_DETAILS: Final = View(
    'aggregate_job_details',
    'Cost of each Hail Batch job, resources summed; jobs that were too many are one row with `job_id` null.',
    (
        Column('day', 'DATE', 'Day of the end of the job, UTC.'),
        text('topic', 'Who carries the cost.'),
        text('batch_id', 'Hail’s number.'),
        text('job_id', 'Hail’s number within the batch.'),
        text('batch_name', 'As submitted.'),
        text('job_name', 'As submitted.'),
        text('ar_guid', 'Id of the analysis.'),
        text('stage', 'As the job says.'),
        text('sequencing_group', 'As the job says.'),
        text('invoice_month', '`YYYYMM`.'),
        text('currency', 'ISO 4217.'),
        time('usage_start_time', 'Earliest begin, UTC.'),
        time('usage_end_time', 'Latest end, UTC.'),
        Column('cost', 'FLOAT64', 'Gross cost.'),
        Column('cost_exact', NUMERIC, 'Gross cost, exact.'),
    ),
    ('day', 'topic', 'batch_id', 'job_id', 'invoice_month', 'currency'),
    'day',
)

MONTHLY: Final = View(
    'aggregate_monthly_cost',
    'Cost by invoice month, storage and compute apart, currencies apart.',
    (
        text('invoice_month', '`YYYYMM`.'),
        text('topic', 'As in the ledger.'),
        text('cost_category', '`Storage Cost` (Cloud Storage) or `Compute Cost` (everything else, tax included).'),
        text('currency', 'ISO 4217.'),
        Column('cost', 'FLOAT64', 'Gross cost.'),
        Column('cost_exact', NUMERIC, 'Gross cost, exact.'),
        Column('credits_exact', NUMERIC, 'Credits, exact.'),
        Column('net_exact', NUMERIC, 'Net cost, exact.'),
    ),
    ('invoice_month', 'topic', 'cost_category', 'currency'),
    'invoice_month',
)

VIEWS: Final = (DAILY, DAILY_EXTENDED, JOB_DETAILS, MONTHLY)
