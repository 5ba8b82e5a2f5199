"""Configuration: the two models, their parts, and how they are read from a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import (
    ConfigurationError,
    Diagnostic,
    Location,
    NoSources,
    Severity,
    Sources,
)
from cpg_infra.config.names import (
    AccessLevel,
    Cloud,
    CloudName,
    CPGDatasetComponents,
    GroupName,
    MemberKey,
    Namespace,
    PeopleGroup,
)
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.people import CPGInfrastructureGroup, CPGInfrastructureUser, DatasetMember, HailAccount
from cpg_infra.config.whole import check_whole

if TYPE_CHECKING:
    from cpg_infra.config.loading import LoadedConfiguration, load

__all__ = [
    'AccessLevel',
    'CPGDatasetComponents',
    'CPGDatasetConfig',
    'CPGInfrastructureConfig',
    'CPGInfrastructureGroup',
    'CPGInfrastructureUser',
    'Cloud',
    'CloudName',
    'ConfigurationError',
    'DatasetMember',
    'Diagnostic',
    'GroupName',
    'HailAccount',
    'LoadedConfiguration',
    'Location',
    'MemberKey',
    'Namespace',
    'NoSources',
    'PeopleGroup',
    'Severity',
    'Sources',
    'check_whole',
    'load',
]


def __getattr__(name: str) -> object:
    """What reads files is imported when it is first wanted: a configuration made in memory needs none of it."""
    if name in {'LoadedConfiguration', 'load'}:
        from cpg_infra.config import loading  # noqa: PLC0415 - see above

        return getattr(loading, name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
