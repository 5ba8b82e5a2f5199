"""The plugin `metamist`: loading metadata. The service itself, its database and its parsers are made elsewhere."""

from __future__ import annotations

from cpg_infra.config import Cloud, Severity
from cpg_infra.plugin import CpgInfrastructurePlugin
from cpg_infra.plugins.metamist.loading import Loading
from cpg_infra.plugins.metamist.place import COMPONENT, Place


class MetamistInfra(CpgInfrastructurePlugin):
    """The functions that load metadata, and what they need."""

    def main(self) -> None:
        """Nothing: who may send is known only when the groups are final."""

    def on_group_finalisation(self) -> None:
        """Declare everything that the section `metamist.etl` asks for."""
        organisation, metamist = self.infrastructure.on.get(Cloud.GCP), self.config.metamist
        if organisation is None or metamist is None or metamist.etl is None:
            why = 'no dataset is on gcp' if organisation is None else 'there is no section metamist.etl'
            by = self.infrastructure.by(COMPONENT, 'plugins_enabled')
            self.infrastructure.diagnose('left-out', f'loading metadata is left out: {why}', by, Severity.INFO)
            return
        Loading(Place(self.infrastructure, organisation, metamist, metamist.etl)).declare()
