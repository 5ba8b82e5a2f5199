"""The driver: walks the configuration and declares what should exist, through the cloud abstraction."""

from __future__ import annotations

from cpg_infra.driver.dataset import DatasetInfrastructure
from cpg_infra.driver.dataset_cloud import DatasetCloud
from cpg_infra.driver.groups import ClosedBookError, DuplicateMemberError, GroupCycleError, PlaceholderGroup
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.driver.organisation_cloud import OrganisationCloud

__all__ = [
    'ClosedBookError',
    'DatasetCloud',
    'DatasetInfrastructure',
    'DuplicateMemberError',
    'GroupCycleError',
    'Infrastructure',
    'OrganisationCloud',
    'PlaceholderGroup',
]
