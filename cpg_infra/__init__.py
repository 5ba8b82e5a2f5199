"""Infrastructure of research data centres, from configuration to clouds.

Importing this package loads nothing else: each public name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cpg_infra.config import ConfigurationError, CPGDatasetConfig, CPGInfrastructureConfig
    from cpg_infra.engine.program import CPGInfrastructure, main
    from cpg_infra.plugin import CpgInfrastructurePlugin

    __version__: str

__all__ = [
    'CPGDatasetConfig',
    'CPGInfrastructure',
    'CPGInfrastructureConfig',
    'ConfigurationError',
    'CpgInfrastructurePlugin',
    '__version__',
    'main',
]

_HOMES: Final = {
    'CPGDatasetConfig': 'cpg_infra.config',
    'CPGInfrastructure': 'cpg_infra.engine.program',
    'CPGInfrastructureConfig': 'cpg_infra.config',
    'ConfigurationError': 'cpg_infra.config',
    'CpgInfrastructurePlugin': 'cpg_infra.plugin',
    'main': 'cpg_infra.engine.program',
}
"""Where each public name lives."""


def __getattr__(name: str) -> object:
    if name == '__version__':
        from importlib.metadata import version

        return version('cpg-infra')
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
