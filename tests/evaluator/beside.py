"""What the configuration says of access that the access model of a plan does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cpg_infra.config import Cloud, CPGDatasetComponents, CPGDatasetConfig, CPGInfrastructureConfig


@dataclass(frozen=True, slots=True)
class Beside:
    """Four facts.

    Without `memberships` the organisation keeps the members of its groups itself. `signs_in_as` says by which address
    metamist knows a user: people sign in with one account, whatever clouds they are on. `becomes` says which programs
    elsewhere (issuer and subject) may become which machine account on Azure. `chosen` names the switches that are on
    and make a role of a cloud exact.
    """

    memberships: bool = True
    signs_in_as: Mapping[str, str] = field(default_factory=dict)
    becomes: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()

    @classmethod
    def of(cls, organisation: CPGInfrastructureConfig, datasets: Iterable[CPGDatasetConfig]) -> Beside:
        """What a configuration says."""
        prefix = organisation.azure.dataset_storage_prefix if organisation.azure is not None else ''
        return cls(
            not organisation.disable_group_memberships,
            {
                user: next(person.clouds[cloud].id for cloud in ('gcp', 'azure', 'dry-run') if cloud in person.clouds)
                for user, person in organisation.users.items()
                if person.clouds
            },
            {
                f'main-upload@{prefix}{dataset.dataset}': frozenset(
                    (each.issuer, each.subject) for each in dataset.azure.upload_federations
                )
                for dataset in datasets
                if dataset.azure is not None
                and Cloud.AZURE in dataset.clouds
                and CPGDatasetComponents.STORAGE in dataset.components_on(Cloud.AZURE)
            },
            frozenset({'strict_append'} if organisation.azure is not None and organisation.azure.strict_append else ()),
        )
