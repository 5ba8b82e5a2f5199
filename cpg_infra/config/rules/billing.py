"""Billing: the sources and tables that the aggregator is told of exist, in the form that they must have."""

from __future__ import annotations

import re
from typing import Final

from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules.whole import Findings, Whole

SOURCES: Final = ('gcp', 'hail', 'seqr', 'seqr24', 'ica')
"""What can be aggregated; `seqr24` is another name of `seqr`, which deployments still have."""
_TABLE: Final = re.compile(r'[a-z][a-z0-9-]{4,28}[a-z0-9]\.\w+\.\w+')

_SPREADSHEET: Final = re.compile(r'[A-Za-z0-9_-]+')
_SPREADSHEET_IN_ADDRESS: Final = re.compile(r'/d/([A-Za-z0-9_-]+)')


def sources_are_known(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A function is made for each source, and reads it in its own way."""
    aggregator = organisation.billing.aggregator if organisation.billing is not None else None
    for number, name in enumerate(aggregator.functions if aggregator is not None else ()):
        if name not in SOURCES:
            yield whole.finding(
                'unknown-source',
                organisation_path('billing', 'aggregator', 'functions', number),
                f'no source {name!r}; there are {", ".join(SOURCES)}',
                suggestion=whole.near(name, SOURCES),
            )


def tables_have_three_parts(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A table is named with its project and its set of tables."""
    billing = organisation.billing
    if billing is None:
        return
    named = [] if billing.gcp is None else [(('gcp', 'source_bq_table'), billing.gcp.source_bq_table)]
    if billing.aggregator is not None:
        named += [
            (('aggregator', key), getattr(billing.aggregator, key))
            for key in ('destination_bq_table', 'monthly_summary_table', 'ica_raw_table')
        ]
    for steps, name in named:
        if name is not None and not _TABLE.fullmatch(name):
            path = organisation_path('billing', *steps)
            yield whole.finding('table-name', path, f'{name!r} is not of the form <project>.<set of tables>.<table>')


def the_spreadsheet_is_named_by_its_id(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Its address holds the id, and more."""
    aggregator = organisation.billing.aggregator if organisation.billing is not None else None
    named = aggregator.billing_sheet_id if aggregator is not None else None
    if named is not None and not _SPREADSHEET.fullmatch(named):
        inside = _SPREADSHEET_IN_ADDRESS.search(named)
        yield whole.finding(
            'spreadsheet-id',
            organisation_path('billing', 'aggregator', 'billing_sheet_id'),
            f'{named!r} is no id of a spreadsheet: letters, digits, - and _',
            suggestion=f'did you mean {inside[1]!r}?' if inside is not None else None,
        )


RULES_WITH_ORGANISATION = (sources_are_known, tables_have_three_parts, the_spreadsheet_is_named_by_its_id)
