"""What a dataset asks of a cloud that not every cloud can express, and what is said about it.

A component that the cloud cannot carry is an error where it is asked for by name and left out, with a remark,
where it only comes by default. An option that the cloud can only come near to is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cpg_infra.abstraction import Capability, CloudInfrastructure, Support
from cpg_infra.config import Cloud, CPGDatasetComponents, CPGDatasetConfig, Severity
from cpg_infra.config.diagnostics import Diagnostic, dataset_path

COMPONENT_NEEDS: Mapping[CPGDatasetComponents, Capability] = {
    CPGDatasetComponents.SPARK: Capability.CLUSTERS,
    CPGDatasetComponents.CROMWELL: Capability.BATCH_WORKFLOWS,
    CPGDatasetComponents.NOTEBOOKS: Capability.NOTEBOOKS,
}
"""What a cloud must be able to do for a component to make sense there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An option of a dataset that needs a capability: what it is called, where it stands, whether it is set."""

    option: str
    capability: Capability
    is_set: Callable[[CPGDatasetConfig], bool]


WISHES: tuple[Wish, ...] = (
    Wish('autoclass', Capability.AUTOCLASS, lambda config: config.autoclass),
    Wish('enable_release', Capability.REQUESTER_PAYS, lambda config: config.enable_release),
    Wish('enable_shared_project', Capability.FIXED_BUDGET, lambda config: config.enable_shared_project),
    Wish(
        'allow_notebook_tmp_main_read',
        Capability.TEMPORARY_ACCESS_FOR_MACHINES,
        lambda config: config.allow_notebook_tmp_main_read,
    ),
)


def can_carry(cloud: type[CloudInfrastructure], component: CPGDatasetComponents) -> bool:
    """Whether a component makes sense on a cloud."""
    need = COMPONENT_NEEDS.get(component)
    return need is None or cloud.capabilities[need].support is not Support.NONE


def inexpressible(
    config: CPGDatasetConfig,
    clouds: Mapping[Cloud, type[CloudInfrastructure]],
) -> Iterable[Diagnostic]:
    """Everything that the clouds of a dataset cannot express, or only nearly."""
    for cloud in config.clouds:
        implementation = clouds.get(cloud)
        if implementation is not None:
            yield from _components(config, cloud, implementation)
            yield from _options(config, cloud, implementation)


def _components(
    config: CPGDatasetConfig,
    cloud: Cloud,
    implementation: type[CloudInfrastructure],
) -> Iterable[Diagnostic]:
    by_name = cloud.value in config.components
    for component in sorted(config.components_on(cloud), key=lambda component: component.value):
        if can_carry(implementation, component):
            continue
        reason = implementation.capabilities[COMPONENT_NEEDS[component]].by
        yield Diagnostic(
            'not-expressible',
            f'{component.value} is not possible on {cloud}: {reason}',
            dataset_path(config.dataset, 'components', cloud.value, *([component.value] if by_name else [])),
            Severity.ERROR if by_name else Severity.INFO,
        )


def _options(
    config: CPGDatasetConfig,
    cloud: Cloud,
    implementation: type[CloudInfrastructure],
) -> Iterable[Diagnostic]:
    for wish in WISHES:
        expression = implementation.capabilities[wish.capability]
        if expression.support is not Support.EXACT and wish.is_set(config):
            how = 'is not possible' if expression.support is Support.NONE else 'is only approximate'
            yield Diagnostic(
                'not-expressible',
                f'{wish.option} {how} on {cloud}: {expression.by}',
                dataset_path(config.dataset, wish.option),
                Severity.WARNING,
            )
