"""Providers with settings of their own, and what the settings of the default ones must be.

A default provider takes its settings from the stack, and what these leave out from the environment; so does an explicit
one, except that Pulumi hands it nothing of the stack's. We do: how to sign in is the same for both.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import pulumi
from pulumi.runtime import config

from cpg_infra.config.diagnostics import Diagnostic, Severity
from cpg_infra.engine.providers import version_of
from cpg_infra.engine.refused import PlanRefusedError
from cpg_infra.plan import Plan, Resource, Setting


def own_providers(plan: Plan, resources: Iterable[Resource]) -> Mapping[str, pulumi.ProviderResource]:
    """Register the providers that `resources` name, each once; by name."""
    named = {resource.provider for resource in resources}
    return {
        name: pulumi.ProviderResource(
            provider.package,
            name,
            {**_settings_of(provider.package), **provider.inputs},
            pulumi.ResourceOptions(version=version_of(provider.package)),
        )
        for name, provider in plan.providers.items()
        if name in named
    }


def refuse_other_settings(plan: Plan, resources: Iterable[Resource]) -> None:
    """Raise `PlanRefusedError` when a default provider would make some of the `resources` elsewhere than planned."""
    packages = {resource.type.partition(':')[0] for resource in resources if resource.provider is None}
    wrong = [fault for setting in plan.settings if setting.package in packages for fault in _faults(setting)]
    if wrong:
        raise PlanRefusedError(wrong)


def _faults(setting: Setting) -> Iterable[Diagnostic]:
    told, where = _stack_settings().get(setting.key), setting.key
    if told is None:
        told, where = os.environ.get(setting.variable), setting.variable
    if told is not None and told.lower() == setting.value.lower():
        return
    said = f'{where} is {told!r}' if told else f'neither {setting.key} nor {setting.variable} is set'
    yield Diagnostic(
        'provider-setting',
        f'{said}, so that {setting.package} would work elsewhere than in {setting.value}, which this says',
        setting.origin,
        Severity.ERROR,
        f'pulumi config set {setting.key} {setting.value}',
    )


def _settings_of(package: str) -> dict[str, pulumi.Input[object]]:
    begin = f'{package}:'
    return {
        key.removeprefix(begin): pulumi.Output.secret(value) if _is_secret(key) else value
        for key, value in _stack_settings().items()
        if key.startswith(begin)
    }


def _stack_settings() -> Mapping[str, str]:
    return {**config.get_config_env(), **config.CONFIG.get()}


def _is_secret(key: str) -> bool:
    return config.is_config_secret(key) or key in config.get_config_secret_keys_env()
