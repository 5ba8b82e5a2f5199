"""Which section of the organisation a component needs, per cloud."""

from __future__ import annotations

from cpg_infra.config.names import Cloud, CPGDatasetComponents
from cpg_infra.config.organisation import CPGInfrastructureConfig

C = CPGDatasetComponents


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


def has_section(organisation: CPGInfrastructureConfig, component: CPGDatasetComponents, cloud: Cloud) -> bool:
    """Whether the organisation configures what `component` needs on `cloud`."""
    if component is C.HAIL_ACCOUNTS:
        return hail_on(organisation, cloud) is not None
    section = _SECTION.get(component)
    return section is None or getattr(organisation, section) is not None


_SECTION: dict[CPGDatasetComponents, str] = {
    C.CROMWELL: 'cromwell',
    C.NOTEBOOKS: 'notebooks',
    C.METAMIST: 'metamist',
    C.ANALYSIS_RUNNER: 'analysis_runner',
}
