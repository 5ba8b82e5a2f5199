"""Sections of the organisation that are chosen by cloud."""

from __future__ import annotations

from cpg_infra.config.names import Cloud
from cpg_infra.config.organisation import CPGInfrastructureConfig


def hail_on(
    organisation: CPGInfrastructureConfig,
    cloud: Cloud,
) -> CPGInfrastructureConfig.Hail.GCP | CPGInfrastructureConfig.Hail.Azure | None:
    """Hail Batch as configured for a cloud; a dry run takes the first there is."""
    hail = organisation.hail
    if hail is None:
        return None
    if cloud is Cloud.GCP:
        return hail.gcp
    if cloud is Cloud.AZURE:
        return hail.azure
    return hail.gcp or hail.azure
