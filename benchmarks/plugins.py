"""What plugins add to the planning of an organisation, against their goals."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from typing import Final

from benchmarks.organisation import Data, datasets, on_both_clouds, organisation
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
    """Print a table: what, seconds without and with it, what it adds, goal, share of the goal."""
    print(f'{f"planning {DATASETS} datasets, least of {RUNS} runs":48}{"without":>9}{"with":>9}{"adds":>9}   goal')
    for name, base, changes, goal in _changes():
        plain, (seconds, resources) = _planned(base, base | changes)
        added = seconds - plain[0]
        what = f'{name}, {resources - plain[1]:,} resources'
        print(f'{what:48}{plain[0]:9.3f}{seconds:9.3f}{added:9.3f}   ≤ {goal} s ({added / goal:.0%})')


def _changes() -> list[tuple[str, Data, Data, float]]:
    google, both = organisation(USERS), on_both_clouds(USERS)
    metamist = google['metamist']
    assert isinstance(metamist, dict)
    pairs = f'github_wif, {REPOSITORIES} × {len(ENVIRONMENTS)} on'
    return [
        ('billing_aggregator', google, {'plugins_enabled': ['billing_aggregator'], 'billing': _BILLING}, GOAL),
        ('metamist', google, {'plugins_enabled': ['metamist'], 'metamist': {**metamist, 'etl': _LOADING}}, GOAL),
        (f'{pairs} Google', google, _federated(_on_google()), GOAL_OF_FEDERATION),
        (f'{pairs} Azure', both, _federated(_on_azure()), GOAL_OF_FEDERATION),
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


def _planned(*wholes: Data) -> list[tuple[float, int]]:
    """For each organisation the processor time of a plan, in seconds, and how many resources it has.

    They take turns, so that a slow moment of the machine slows all of them; what is least has the least of it.
    """
    configs = [CPGInfrastructureConfig.from_dict(whole) for whole in wholes]
    made = [_datasets(on_azure='azure' in whole) for whole in wholes]
    seconds: list[list[float]] = [[] for _ in wholes]
    counts = [0 for _ in wholes]
    for _ in range(RUNS):
        for number, config in enumerate(configs):
            gc.collect()
            gc.disable()
            start = time.process_time()
            counts[number] = len(Infrastructure(config, made[number], sources=_Attached()).plan().resources)
            seconds[number].append(time.process_time() - start)
            gc.enable()
    return [(min(taken), count) for taken, count in zip(seconds, counts, strict=True)]


def _datasets(*, on_azure: bool) -> list[CPGDatasetConfig]:
    """On Google Cloud; the common one on Azure too where the organisation is."""
    found = []
    for name, data in datasets(DATASETS, USERS).items():
        given = {**data, 'dataset': name}
        if on_azure and name == 'common':
            budgets = data['budgets']
            assert isinstance(budgets, dict)
            given |= {'deploy_locations': ['gcp', 'azure'], 'budgets': {**budgets, 'azure': budgets['gcp']}}
        found.append(CPGDatasetConfig.from_dict(given))
    return found


if __name__ == '__main__':
    main()
