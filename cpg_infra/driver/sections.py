"""Sections of the organisation that are chosen by cloud.

Where a section says nothing of a cloud there is no such service there. A dry run takes the first there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from cpg_infra.config.names import Cloud
from cpg_infra.config.organisation import CPGInfrastructureConfig


@dataclass(frozen=True, slots=True)
class Server:
    """A service that somebody else runs: the address of its account, and the steps to it in the configuration.

    `project` is where its things are kept, None for the common dataset's project.
    """

    address: str
    steps: tuple[str, ...]
    project: str | None = None


def hail_on(
    organisation: CPGInfrastructureConfig,
    cloud: Cloud,
) -> CPGInfrastructureConfig.Hail.GCP | CPGInfrastructureConfig.Hail.Azure | None:
    """Hail Batch as configured for a cloud."""
    hail = organisation.hail
    if hail is None:
        return None
    if cloud is Cloud.GCP:
        return hail.gcp
    if cloud is Cloud.AZURE:
        return hail.azure
    return hail.gcp or hail.azure


def web_server_on(organisation: CPGInfrastructureConfig, cloud: Cloud) -> Server | None:
    """The web service of a cloud."""
    service = organisation.web_service
    if service is None:
        return None
    if service.gcp is not None and cloud is not Cloud.AZURE:
        return Server(service.gcp.server_machine_account, ('web_service', 'gcp', 'server_machine_account'))
    if service.azure is not None and cloud is not Cloud.GCP:
        return Server(service.azure.server_machine_account, ('web_service', 'azure', 'server_machine_account'))
    return None


def dropbox_server_on(organisation: CPGInfrastructureConfig, cloud: Cloud) -> Server | None:
    """The dropbox service of a cloud."""
    service = organisation.data_dropbox
    if service is None:
        return None
    if service.gcp is not None and cloud is not Cloud.AZURE:
        steps = ('data_dropbox', 'gcp', 'server_machine_account')
        return Server(service.gcp.server_machine_account, steps, service.gcp.project)
    if service.azure is not None and cloud is not Cloud.GCP:
        return Server(service.azure.server_machine_account, ('data_dropbox', 'azure', 'server_machine_account'))
    return None
