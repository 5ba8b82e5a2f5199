"""The vocabulary of names: what a cloud, a group or a component may be called."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import StringConstraints

CloudName: TypeAlias = Literal['gcp', 'azure', 'dry-run']
"""A place a dataset can be deployed to. `dry-run` is planned and never deployed."""

GroupName: TypeAlias = str
"""Full name of a group without prefix and domain, for example `alpha-analysis`."""

MemberKey: TypeAlias = str
"""What identifies one member inside one group: a key is used once."""

NonEmpty: TypeAlias = Annotated[str, StringConstraints(min_length=1)]

DatasetName: TypeAlias = NonEmpty
UserId: TypeAlias = NonEmpty


class Cloud(StrEnum):
    """The clouds of `CloudName` as an enumeration, for code that branches on data."""

    GCP = 'gcp'
    AZURE = 'azure'
    DRY_RUN = 'dry-run'


class AccessLevel(StrEnum):
    """How much a batch job may do: `test` any pushed code, `standard` reviewed code,
    `full` reviewed code that may delete.
    """

    TEST = 'test'
    STANDARD = 'standard'
    FULL = 'full'


class Namespace(StrEnum):
    """The two halves of a dataset: production and tests."""

    MAIN = 'main'
    TEST = 'test'


class PeopleGroup(StrEnum):
    """The groups of a dataset that people can be put in, as spelt in `members`."""

    DATA_MANAGER = 'data-manager'
    ANALYSIS = 'analysis'
    METADATA_ACCESS = 'metadata-access'
    METADATA_CONTRIBUTE = 'metadata-contribute'
    METADATA_WRITE = 'metadata-write'
    WEB_ACCESS = 'web-access'
    RELEASE_ACCESS = 'release-access'
    TMP_MAIN_READ_ACCESS = 'tmp-main-read-access'
    UPLOAD = 'upload'


class CPGDatasetComponents(Enum):
    """The parts a dataset can be made of, chosen per cloud."""

    STORAGE = 'storage'
    SPARK = 'spark'
    CROMWELL = 'cromwell'
    NOTEBOOKS = 'notebooks'
    HAIL_ACCOUNTS = 'hail-accounts'
    METAMIST = 'metamist'
    CONTAINER_REGISTRY = 'container-registry'
    ANALYSIS_RUNNER = 'analysis-runner'

    @staticmethod
    def default_for(cloud: Cloud) -> frozenset[CPGDatasetComponents]:
        """The components of a dataset that names none for `cloud`."""
        if cloud is Cloud.AZURE:
            return _AZURE_DEFAULT
        return frozenset(CPGDatasetComponents)


_AZURE_DEFAULT = frozenset(
    {
        CPGDatasetComponents.STORAGE,
        CPGDatasetComponents.HAIL_ACCOUNTS,
        CPGDatasetComponents.ANALYSIS_RUNNER,
        CPGDatasetComponents.CONTAINER_REGISTRY,
    },
)
