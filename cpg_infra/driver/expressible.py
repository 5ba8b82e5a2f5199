"""What a dataset asks of a cloud that not every cloud can express, and what is said about it.

A component that the cloud cannot carry is an error where it is asked for by name and left out, with a remark,
where it only comes by default. What the cloud can only come near to is a warning where it is asked for; what has its
default, or comes with a component, is said once for the cloud.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction import Capability, CloudInfrastructure, Expression, Support
from cpg_infra.config import Cloud, CPGDatasetComponents, CPGDatasetConfig, CPGInfrastructureConfig, Severity
from cpg_infra.config.diagnostics import Diagnostic, Path, dataset_path, organisation_path

COMPONENT_NEEDS: Final[Mapping[CPGDatasetComponents, Capability]] = {
    CPGDatasetComponents.SPARK: Capability.CLUSTERS,
    CPGDatasetComponents.CROMWELL: Capability.BATCH_WORKFLOWS,
    CPGDatasetComponents.NOTEBOOKS: Capability.NOTEBOOKS,
}
"""What a cloud must be able to do for a component to make sense there."""

IN_PART: Final[Mapping[CPGDatasetComponents, Capability]] = {
    CPGDatasetComponents.ANALYSIS_RUNNER: Capability.INVOKE_SERVICE,
    CPGDatasetComponents.METAMIST: Capability.INVOKE_SERVICE,
}
"""What a component goes without where the cloud cannot do it: the rest of the component makes sense."""

COMES_WITH: Final[Mapping[CPGDatasetComponents, tuple[Capability, ...]]] = {
    CPGDatasetComponents.STORAGE: (Capability.ACCOUNT_KEYS, Capability.APPEND, Capability.UNDELETE),
    CPGDatasetComponents.METAMIST: (Capability.METADATA_SIGN_IN,),
    CPGDatasetComponents.CONTAINER_REGISTRY: (Capability.PACKAGE_REGISTRY,),
}
"""Intent that nobody asks for by name: it comes with a component."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An option of a dataset that needs a capability.

    `path` are the steps to it, with the cloud in them where it is said for each; `is_set` tells whether a dataset
    wants it there; `alone` when nothing in the plan shows it.
    """

    path: Callable[[Cloud], tuple[str, ...]]
    capability: Capability
    is_set: Callable[[CPGDatasetConfig, Cloud], bool]
    alone: bool = False


def _flag(option: str, capability: Capability, *, alone: bool = False) -> Wish:
    return Wish(lambda _: (option,), capability, lambda config, _: bool(getattr(config, option)), alone)


def _has_currency(config: CPGDatasetConfig, cloud: Cloud) -> bool:
    budget = config.budgets.get(cloud.value)
    return budget is not None and budget.currency is not None


WISHES: Final[tuple[Wish, ...]] = (
    _flag('autoclass', Capability.AUTOCLASS),
    _flag('enable_release', Capability.REQUESTER_PAYS),
    _flag('enable_shared_project', Capability.FIXED_BUDGET),
    _flag('allow_notebook_tmp_main_read', Capability.TEMPORARY_ACCESS_FOR_MACHINES, alone=True),
    Wish(lambda cloud: ('budgets', cloud.value, 'currency'), Capability.BUDGET_CURRENCY, _has_currency, alone=True),
)


def can_carry(cloud: type[CloudInfrastructure], component: CPGDatasetComponents) -> bool:
    """Whether a component makes sense on a cloud."""
    need = COMPONENT_NEEDS.get(component)
    return need is None or cloud.can(need)


def inexpressible(
    config: CPGDatasetConfig,
    clouds: Mapping[Cloud, type[CloudInfrastructure]],
) -> Iterable[Diagnostic]:
    """Everything that the clouds of a dataset cannot express, or only nearly."""
    for cloud in config.clouds:
        implementation = clouds[cloud]
        yield from _components(config, cloud, implementation)
        yield from _options(config, cloud, implementation)


def inexpressible_everywhere(
    configs: Iterable[CPGDatasetConfig],
    clouds: Mapping[Cloud, type[CloudInfrastructure]],
    organisation: CPGInfrastructureConfig,
) -> Iterable[Diagnostic]:
    """What a cloud expresses only nearly of what comes with the datasets on it, once for each cloud."""
    present = {
        (cloud, component) for config in configs for cloud in config.clouds for component in config.components_on(cloud)
    }
    for cloud, component in sorted(present, key=str):
        for capability in COMES_WITH.get(component, ()):
            expression = clouds[cloud].expression(capability, organisation)
            if expression.support is not Support.EXACT:
                path = organisation_path(cloud.value)
                yield _said(capability.value, cloud, expression, path, Severity.WARNING)


def _components(
    config: CPGDatasetConfig,
    cloud: Cloud,
    implementation: type[CloudInfrastructure],
) -> Iterable[Diagnostic]:
    by_name = cloud.value in config.components
    for component in sorted(config.components_on(cloud), key=lambda component: component.value):
        path = dataset_path(config.dataset, 'components', cloud.value, *([component.value] if by_name else []))
        part = IN_PART.get(component)
        if not can_carry(implementation, component):
            expression = implementation.capabilities[COMPONENT_NEEDS[component]]
            yield _said(component.value, cloud, expression, path, Severity.ERROR if by_name else Severity.INFO)
        elif part is not None and not implementation.can(part):
            expression = Expression(Support.APPROXIMATE, implementation.capabilities[part].by)
            yield _asked(component.value, cloud, expression, path, explicit=by_name)


def _options(
    config: CPGDatasetConfig,
    cloud: Cloud,
    implementation: type[CloudInfrastructure],
) -> Iterable[Diagnostic]:
    for wish in WISHES:
        expression = implementation.capabilities[wish.capability]
        if expression.support is not Support.EXACT and wish.is_set(config, cloud):
            steps = wish.path(cloud)
            path = dataset_path(config.dataset, *steps)
            yield _asked('.'.join(steps), cloud, expression, path, explicit=steps[0] in config.model_fields_set)


def _asked(what: str, cloud: Cloud, expression: Expression, path: Path, *, explicit: bool) -> Diagnostic:
    """A warning where somebody wrote it; else a remark on the cloud, which is the same for all datasets."""
    if explicit:
        return _said(what, cloud, expression, path, Severity.WARNING)
    return _said(what, cloud, expression, organisation_path(cloud.value), Severity.INFO)


def _said(what: str, cloud: Cloud, expression: Expression, path: Path, severity: Severity) -> Diagnostic:
    how = 'is not possible' if expression.support is Support.NONE else 'is only approximate'
    return Diagnostic('not-expressible', f'{what} {how} on {cloud}: {expression.by}', path, severity)
