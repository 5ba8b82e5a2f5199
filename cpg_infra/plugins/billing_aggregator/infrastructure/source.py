"""The code of the functions: the part of this package that they run, and the part of the configuration that they read.

No person is in it. Both parts are in the hash that names the object, so a function is deployed anew when its code
changes, or a project, a budget or a setting of billing; and not when somebody joins a dataset.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.plan import Archive

PACKAGE: Final = 'cpg_infra'
ROOMS: Final = (
    '__init__.py',
    'py.typed',
    'config',
    'plugins/__init__.py',
    'plugins/billing_aggregator',
)
"""What the functions import, below the package."""
LEFT_OUT: Final = frozenset(
    {
        '__pycache__',
        'plugins/billing_aggregator/demo',
        'plugins/billing_aggregator/infrastructure',
        'plugins/billing_aggregator/plugin.py',
    }
)
REQUIREMENTS: Final = 'plugins/billing_aggregator/infrastructure/requirements.txt'
"""The versions that this package was tested with, of what the functions need: a wheel has it as well as a checkout."""
ENTRY_MODULE: Final = 'cpg_infra.plugins.billing_aggregator.functions'
ENTRY_POINTS: Final = ('budgets', 'cost_control', 'cost_report', 'from_pubsub', 'from_request', 'monthly')
CONFIGURATION: Final = 'configuration'
"""The folder in the archive from which the functions load their configuration."""
ENVIRONMENT: Final[Mapping[str, str]] = {'CPG_BILLING_CONFIG': CONFIGURATION, 'CPG_BILLING_DATABASE': 'bigquery'}
"""What tells them where that is, and that the ledger is the table that it names."""

_DATASET_KEYS: Final = ('budgets', 'deploy_locations', 'enable_shared_project', 'gcp', 'azure')
_ORGANISATION_KEYS: Final = (
    'domain',
    'budget_currency',
    'common_dataset',
    'config_destination',
    'gcp',
    'azure',
    'hail',
    'analysis_runner',
    'metamist',
    'billing',
)


def function_source(organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig]) -> Archive:
    """What a function is built from."""
    configuration = json.dumps(_configuration(organisation, datasets), sort_keys=True, ensure_ascii=False, indent=1)
    return Archive(
        'billing-aggregator',
        {
            **_code(),
            'main.py': _main().encode(),
            'requirements.txt': _requirements(),
            # One file holds all of a configuration, and JSON is YAML.
            f'{CONFIGURATION}/config-infrastructure.yaml': f'{configuration}\n'.encode(),
        },
    )


def _configuration(
    organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig]
) -> dict[str, object]:
    kept = organisation.model_dump(mode='json', by_alias=True, include=set(_ORGANISATION_KEYS), exclude_none=True)
    attribution = ((kept.get('billing') or {}).get('aggregator') or {}).get('attribution') or {}
    # That file stays here: it is read where the ledger is filled by hand, and what the ledger has is kept.
    attribution.pop('proportions', None)
    return {
        **kept,
        'users': {},
        'plugins_enabled': [],
        'datasets': {
            name: {
                **dataset.model_dump(mode='json', by_alias=True, include=set(_DATASET_KEYS), exclude_none=True),
                # Nothing is deployed from there, so no component may ask for a section.
                'components': {cloud.value: [] for cloud in dataset.clouds},
            }
            for name, dataset in sorted(datasets.items())
        },
    }


def _main() -> str:
    return f'"""Where the functions begin."""\n\nfrom {ENTRY_MODULE} import {", ".join(ENTRY_POINTS)}  # noqa: F401\n'


@cache
def _requirements() -> bytes:
    """What is installed beside the code: exact versions, each file by its hash. `make lock` writes it."""
    return files(PACKAGE).joinpath(REQUIREMENTS).read_bytes()


@cache
def _code() -> Mapping[str, bytes]:
    root = files(PACKAGE)
    found: dict[str, bytes] = {}
    for room in ROOMS:
        place = root.joinpath(room)
        found.update((f'{PACKAGE}/{path}', each.read_bytes()) for path, each in _files(place, room))
    return found


def _files(place: Traversable, path: str) -> Iterable[tuple[str, Traversable]]:
    if path in LEFT_OUT or path.rpartition('/')[2] in LEFT_OUT:
        return
    if place.is_file():
        if not path.endswith('.pyc'):
            yield path, place
        return
    for inner in sorted(place.iterdir(), key=lambda each: each.name):
        yield from _files(inner, f'{path}/{inner.name}')
