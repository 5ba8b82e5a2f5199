"""The ledger as a FOCUS 1.3 file, for whatever else reads costs."""

from cpg_infra.plugins.billing_aggregator.focus.columns import COLUMNS, MANDATORY, FocusColumn
from cpg_infra.plugins.billing_aggregator.focus.export import Exported, FileFormat, export_focus

__all__ = ['COLUMNS', 'MANDATORY', 'Exported', 'FileFormat', 'FocusColumn', 'export_focus']
