"""The plugin interface and its loader.

A plugin is a class registered under the entry-point group `cpginfra.plugins` and enabled by that name in
`plugins_enabled`. It declares resources through the same abstraction as the drivers, or raw by type token
(`CloudInfrastructure.raw`); either way they are in the plan.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Final

from cpg_infra.config import CPGInfrastructureConfig
from cpg_infra.config.suggest import did_you_mean
from cpg_infra.plan import DuplicateKeyError

if TYPE_CHECKING:
    from cpg_infra.driver.infrastructure import Infrastructure

GROUP: Final = 'cpginfra.plugins'


class PluginError(Exception):
    """A plugin is missing, cannot be imported, or failed; the message names it."""


class CpgInfrastructurePlugin(ABC):
    """A part of the infrastructure that comes from elsewhere."""

    def __init__(self, infrastructure: Infrastructure, config: CPGInfrastructureConfig) -> None:
        self.infrastructure = infrastructure
        self.config = config

    @abstractmethod
    def main(self) -> None:
        """Declare what the plugin adds. Datasets and the organisation have been declared; groups are open."""

    def on_group_finalisation(self) -> None:  # noqa: B027 - most plugins have nothing to do here
        """Called when every group is final: `infrastructure.groups.resolve` answers, nothing can be added."""


def load_plugins(
    infrastructure: Infrastructure,
    config: CPGInfrastructureConfig,
) -> Mapping[str, CpgInfrastructurePlugin]:
    """The enabled plugins, by name in code-point order.

    Raises `PluginError` for one that is missing, that cannot be imported, or that is no plugin.
    """
    if not config.plugins_enabled:
        return {}
    available = {entry.name: entry for entry in entry_points(group=GROUP)}
    return {name: _load(name, available)(infrastructure, config) for name in sorted(set(config.plugins_enabled))}


def _load(name: str, available: Mapping[str, EntryPoint]) -> type[CpgInfrastructurePlugin]:
    if name not in available:
        near = did_you_mean(name, available)
        known = f'installed: {", ".join(sorted(available))}' if available else 'none is installed'
        raise PluginError(f'plugins_enabled: no plugin {name!r} ({near or known})')
    try:
        plugin = available[name].load()
    except Exception as error:
        raise PluginError(f'plugin {name!r} cannot be imported: {error!r}') from error
    if not (isinstance(plugin, type) and issubclass(plugin, CpgInfrastructurePlugin)):
        raise PluginError(f'plugin {name!r} is no CpgInfrastructurePlugin: {plugin!r}')
    return plugin


def run_hook(name: str, hook: Callable[[], None]) -> None:
    """Run a hook of the plugin `name`.

    Raises `PluginError` with the plugin's name when it fails, `DuplicateKeyError` when it declares what is there.
    """
    try:
        hook()
    except (PluginError, DuplicateKeyError):
        # Of the latter the caller says where in the configuration it comes from.
        raise
    except Exception as error:
        raise PluginError(f'plugin {name!r} failed: {error!r}') from error
