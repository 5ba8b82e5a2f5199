"""Which section of the organisation a component needs, and which components are deployed because of it.

The driver and the checks both ask here, so that what is said to be deployed is what is deployed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.names import Cloud, CPGDatasetComponents
from cpg_infra.config.organisation import CPGInfrastructureConfig

SECTIONS: Final[Mapping[Cloud, Mapping[CPGDatasetComponents, str]]] = {
    Cloud.GCP: {
        CPGDatasetComponents.CROMWELL: 'cromwell',
        CPGDatasetComponents.NOTEBOOKS: 'notebooks',
        CPGDatasetComponents.HAIL_ACCOUNTS: 'hail.gcp',
        CPGDatasetComponents.METAMIST: 'metamist',
        CPGDatasetComponents.ANALYSIS_RUNNER: 'analysis_runner',
    },
    Cloud.AZURE: {
        CPGDatasetComponents.HAIL_ACCOUNTS: 'hail.azure',
        CPGDatasetComponents.METAMIST: 'metamist',
    },
    Cloud.DRY_RUN: {
        CPGDatasetComponents.CROMWELL: 'cromwell',
        CPGDatasetComponents.NOTEBOOKS: 'notebooks',
        CPGDatasetComponents.HAIL_ACCOUNTS: 'hail',
        CPGDatasetComponents.METAMIST: 'metamist',
        CPGDatasetComponents.ANALYSIS_RUNNER: 'analysis_runner',
    },
}
"""Section that a component needs on a cloud; a component without an entry needs none."""

_PRESENT: Final[Mapping[str, Callable[[CPGInfrastructureConfig], bool]]] = {
    'analysis_runner': lambda organisation: organisation.analysis_runner is not None,
    'cromwell': lambda organisation: organisation.cromwell is not None,
    'hail': lambda organisation: organisation.hail is not None,
    'hail.azure': lambda organisation: organisation.hail is not None and organisation.hail.azure is not None,
    'hail.gcp': lambda organisation: organisation.hail is not None and organisation.hail.gcp is not None,
    'metamist': lambda organisation: organisation.metamist is not None,
    'notebooks': lambda organisation: organisation.notebooks is not None,
}


def missing_section(
    organisation: CPGInfrastructureConfig,
    component: CPGDatasetComponents,
    cloud: Cloud,
) -> str | None:
    """The section that keeps `component` from being deployed on `cloud`, for example `hail.gcp`; None if none does.

    Cromwell on Google Cloud also needs `analysis_runner` while `cromwell.gcp.legacy_key_copy` holds: the
    copies of its keys are kept in that project.
    """
    section = SECTIONS[cloud].get(component)
    if section is not None and not _PRESENT[section](organisation):
        return section
    if (
        component is CPGDatasetComponents.CROMWELL
        and cloud is Cloud.GCP
        and organisation.cromwell is not None
        and organisation.cromwell.gcp.legacy_key_copy
        and organisation.analysis_runner is None
    ):
        return 'analysis_runner'
    return None


def deployed_components(
    organisation: CPGInfrastructureConfig,
    dataset: CPGDatasetConfig,
    cloud: Cloud,
) -> frozenset[CPGDatasetComponents]:
    """The components of `dataset` that are really deployed on `cloud`: wanted, and with their section."""
    return frozenset(
        component
        for component in dataset.components_on(cloud)
        if missing_section(organisation, component, cloud) is None
    )
