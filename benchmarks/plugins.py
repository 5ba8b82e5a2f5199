"""What plugins add to the planning of an organisation, against their goals."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Mapping
from typing import Final

from benchmarks.organisation import Data, datasets, on_both_clouds
from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig, NoSources
from cpg_infra.config.diagnostics import Path
from cpg_infra.driver import Infrastructure

DATASETS: Final = 100
USERS: Final = 300
RUNS: Final = 7
REPOSITORIES: Final = 200
ENVIRONMENTS: Final = ('development', 'production')

GOAL: Final = 0.05
"""Seconds that one plugin may add."""
GOAL_OF_FEDERATION: Final = 0.5
"""Seconds for 200 repositories with two environments each."""

_ACCOUNT: Final = '{}@bench-billing.iam.gserviceaccount.com'
_BILLING: Final[Data] = {
    'gcp': {
        'project_id': 'bench-billing',
        'account_id': '0A0A0A-0B0B0B-0C0C0C',
        'source_bq_table': 'bench-billing.export.gcp',
    },
    'coordinator_machine_account': _ACCOUNT.format('coordinator'),
    'aggregator': {
        'destination_bq_table': 'bench-billing.aggregate.costs',
        'slack_channel': 'billing',
        'slack_token_secret_name': 'slack-token',
        'functions': ['gcp', 'hail', 'ica'],
    },
    'gcp_cost_controls': {
        'machine_account': _ACCOUNT.format('control'),
        'slack_channel': 'costs',
        'pubsub_topic': 'budgets',
        'timezone': 'Australia/Sydney',
        'mode': 'enforce',
    },
}
_LOADING: Final[Data] = {
    'source': 'etl',
    'accessors': ['lab'],
    'by_type': {'/lab/v1': {'parser_name': 'lab', 'accessors': ['lab'], 'analysis_group_dataset': 'study0001'}},
}
_CODE: Final = {f'{name}/main.py': b'def etl_function(request): ...\n' for name in ('extract', 'load')}


class _Attached(NoSources):
    """A configuration in memory, with the code of the loader."""

    def files(self, path: Path) -> Mapping[str, bytes] | None:
        return _CODE


def main() -> None:
    """Print a table: what, seconds that it adds, goal, share of the goal."""
    print(f'{f"planning {DATASETS} datasets on both clouds, median":56}{"cpu s":>9}{"resources":>11}   goal')
    plain, count = _planned({})
    print(f'{"without a plugin":56}{plain:9.3f}{count:11,}')
    for name, changes, goal in _changes():
        seconds, resources = _planned(changes)
        added = seconds - plain
        print(f'{f"  {name} adds":56}{added:9.3f}{resources - count:11,}   ≤ {goal} s ({added / goal:.0%})')


def _changes() -> list[tuple[str, Data, float]]:
    whole = on_both_clouds(USERS)
    metamist = whole['metamist']
    assert isinstance(metamist, dict)
    pairs = f'{REPOSITORIES} × {len(ENVIRONMENTS)}'
    return [
        ('billing_aggregator', {'plugins_enabled': ['billing_aggregator'], 'billing': _BILLING}, GOAL),
        ('metamist', {'plugins_enabled': ['metamist'], 'metamist': {**metamist, 'etl': _LOADING}}, GOAL),
        (f'github_wif, {pairs} on Google Cloud,', _federated(_on_google()), GOAL_OF_FEDERATION),
        (f'github_wif, {pairs} on Azure,', _federated(_on_azure()), GOAL_OF_FEDERATION),
    ]


def _federated(where: Data) -> Data:
    return {'plugins_enabled': ['github_wif'], 'github_wif': {'owner_id': 9001, 'projects': {}, **where}}


def _on_google() -> Data:
    project = {'project_number': 1, 'location': 'australia-southeast1', 'repositories': _repositories()}
    return {'projects': {'bench-ci': project}}


def _on_azure() -> Data:
    return {'azure': {'resource_group': 'bench-common', 'transition': True, 'repositories': _repositories()}}


def _repositories() -> list[Data]:
    """Names of every length: some ids of accounts are readable, most are cut."""
    return [
        {
            'name': f'pipeline-{"step-" * (number % 6)}{number}',
            'github_repo': f'bench/pipeline-{number}',
            'repository_id': number + 1,
            'environments': [
                {
                    'name': name,
                    'push_registry': 'imagesdev',
                    'read_registries': ['imagesbase'],
                    'guard': {'protected_branches': True},
                }
                for name in ENVIRONMENTS
            ],
        }
        for number in range(REPOSITORIES)
    ]


def _planned(changes: Data) -> tuple[float, int]:
    """Seconds of processor time to plan, and how many resources there are."""
    config = CPGInfrastructureConfig.from_dict({**on_both_clouds(USERS), **changes})
    on_both: Data = {'deploy_locations': ['gcp', 'azure']}
    configs = []
    for name, data in datasets(DATASETS, USERS).items():
        budgets = data['budgets']
        assert isinstance(budgets, dict)
        given = {**data, **on_both, 'dataset': name, 'budgets': {'gcp': budgets['gcp'], 'azure': budgets['gcp']}}
        configs.append(CPGDatasetConfig.from_dict(given))
    seconds = []
    count = 0
    for _ in range(RUNS + 1):
        gc.collect()
        start = time.process_time()
        count = len(Infrastructure(config, configs, sources=_Attached()).plan().resources)
        seconds.append(time.process_time() - start)
    return statistics.median(seconds[1:]), count


if __name__ == '__main__':
    main()
