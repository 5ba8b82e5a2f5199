"""The plugin `billing_aggregator`: the infrastructure of the ledger, of cost control and of the reports.

It makes no account and grants no basic role. What a section would ask for that is not there is left out, and the plan
says so.
"""

from __future__ import annotations

from cpg_infra.config import Cloud, Severity
from cpg_infra.plugin import CpgInfrastructurePlugin
from cpg_infra.plugins.billing_aggregator.infrastructure.aggregation import declare_aggregation
from cpg_infra.plugins.billing_aggregator.infrastructure.cost_control import declare_cost_control
from cpg_infra.plugins.billing_aggregator.infrastructure.place import COMPONENT, Place


class BillingAggregator(CpgInfrastructurePlugin):
    """Everything of billing, in the project `billing.gcp.project_id`."""

    def main(self) -> None:
        """Declare everything that the section `billing` asks for."""
        organisation, billing = self.infrastructure.on.get(Cloud.GCP), self.config.billing
        if organisation is None or billing is None or billing.gcp is None:
            why = 'no dataset is on gcp' if organisation is None else 'there is no section billing.gcp'
            by = self.infrastructure.by(COMPONENT, 'plugins_enabled')
            self.infrastructure.diagnose('left-out', f'billing is left out: {why}', by, Severity.INFO)
            return
        place = Place(self.infrastructure, organisation, billing, billing.gcp)
        declare_aggregation(place)
        declare_cost_control(place)
