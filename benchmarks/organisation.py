"""A generated organisation of any size, as data and as a folder.

It has what a real one has: every section, tests in most datasets, chains of dependencies, registries in some,
uploads, releases, and people spread over datasets. The same arguments give the same organisation.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Final

Data = dict[str, object]

PEOPLE_GROUPS: Final = ('data-manager', 'analysis', 'metadata-access', 'metadata-contribute', 'web-access', 'upload')


CLOUDS: Final = ('gcp', 'azure')
"""Where the datasets of an organisation on both clouds are."""


SUBSCRIPTION: Final = '00000000-0000-4000-8000-000000000002'
"""Where they are on Azure."""


def on_both_clouds(users: int) -> Data:
    """The same organisation, on Azure as well."""
    found = organisation(users)
    tenant = '00000000-0000-4000-8000-000000000001'
    found['azure'] = {
        'region': 'australiaeast',
        'subscription': SUBSCRIPTION,
        'tenant': tenant,
        'dataset_storage_prefix': 'bench-',
        'config_bucket_name': 'deployed',
        'budget_start': '2026-11-01',
        'budget_contacts': ['costs@bench.example.org'],
    }
    hail, people = found['hail'], found['users']
    assert isinstance(hail, dict)
    assert isinstance(people, dict)
    hail['azure'] = {key: hail['gcp'][key] for key in ('hail_batch_url', 'hail_auth_url')}
    for person in people.values():
        person['clouds']['azure'] = dict(person['clouds']['gcp'])
    # A hundred datasets take more than one subscription has room for.
    found['checks'] = {'azure-role-assignments': {'severity': 'warning'}}
    return found


def organisation(users: int) -> Data:
    """The organisation's configuration with `users` people."""
    service = 'iam.gserviceaccount.com'
    return {
        'domain': 'bench.example.org',
        'budget_currency': 'AUD',
        'common_dataset': 'common',
        'config_destination': 'gs://bench-config/deploy',
        'plugins_enabled': [],
        'gcp': {
            'customer_id': 'C0bench',
            'region': 'australia-southeast1',
            'groups_domain': 'groups.bench.example.org',
            'budget_notification_pubsub': 'projects/bench-billing/topics/budgets',
            'config_bucket_name': 'bench-config',
            'dataset_storage_prefix': 'bench-',
        },
        'hail': {
            'gcp': {
                'hail_batch_url': 'https://batch.bench.example.org',
                'hail_auth_url': 'https://auth.bench.example.org',
                'git_credentials_secret_name': 'git-credentials',
                'git_credentials_secret_project': 'bench-runner',
                'wheel_bucket_name': 'bench-wheels',
            },
        },
        'analysis_runner': {
            'gcp': {
                'project': 'bench-runner',
                'cloud_run_instance_name': 'runner',
                'server_machine_account': f'server@bench-runner.{service}',
                'logger_machine_account': f'logger@bench-runner.{service}',
                'container_registry_name': 'runner-images',
            },
        },
        'data_dropbox': {
            'gcp': {'project': 'bench-dropbox', 'server_machine_account': f'dropbox@bench-dropbox.{service}'},
        },
        'web_service': {
            'gcp': {'server_machine_account': f'web@bench-web.{service}'},
            'web_url_template': 'https://{namespace}.bench.example.org/{dataset}',
        },
        'notebooks': {'gcp': {'project': 'bench-notebooks'}},
        'cromwell': {
            'gcp': {'access_group_id': 'groups/bench', 'runner_machine_account': f'runner@bench-cromwell.{service}'},
        },
        'metamist': {
            'gcp': {
                'project': 'bench-metamist',
                'service_name': 'metamist',
                'machine_account': f'api@bench-metamist.{service}',
            },
        },
        'billing': {
            'gcp': {'project_id': 'bench-billing', 'account_id': '0A0A0A-0B0B0B-0C0C0C'},
            'coordinator_machine_account': f'coordinator@bench-billing.{service}',
            'hail_aggregator_username': 'aggregator',
        },
        'users': {
            f'user{number}': {
                'id': f'user{number}',
                'clouds': {
                    'gcp': {'id': f'user{number}@bench.example.org', 'hail_batch_username': f'user{number}-hail'},
                },
                'can_access_internal_dataset_logs': number % 50 == 0,
            }
            for number in range(users)
        },
    }


def datasets(count: int, users: int, *, everything: bool = False, both_clouds: bool = False) -> dict[str, Data]:
    """`count` datasets, the common one among them, with `users` people in their groups.

    With `everything` each has registries and a release bucket, as in the deployment that today's figures are of.
    """
    chance = random.Random(2026)
    names = ['common', *(f'study{number:04d}' for number in range(1, count))]
    found: dict[str, Data] = {}
    for number, name in enumerate(names):
        members = {
            group: sorted({f'user{chance.randrange(users)}' for _ in range(chance.randrange(1, 6))})
            for group in PEOPLE_GROUPS
        }
        found[name] = {
            'gcp': {'project': f'bench-{name}'},
            'budgets': {'gcp': {'monthly_budget': 1000 + number, 'shared_total_budget': 500}},
            'setup_test': everything or number % 10 != 9,
            'create_container_registry': everything or number % 4 == 0,
            'enable_release': everything or number % 3 == 0,
            'is_internal_dataset': number % 5 == 1,
            'depends_on': [names[number // 2]] if number > 2 and number % 3 == 0 else [],
            'depends_on_readonly': [names[number // 3]] if number > 3 and number % 5 == 0 else [],
            'members': members,
        }
        if number % 6 == 2:
            found[name]['upload_config'] = {
                'additional_buckets': [{'name': 'sequencer', 'uploaders': [f'user{number % users}']}],
                'dropboxes': [
                    {
                        'id': f'partner{number}',
                        'name': 'Partner',
                        'allowed_filetypes': ['.cram'],
                        'uploaders': ['user0'],
                    },
                ],
            }
        if both_clouds:
            _bring_to_azure(found[name])
    return found


def write_folder(folder: Path, count: int, users: int, *, both_clouds: bool = False, stacks: str = 'single') -> Path:
    """The organisation in the production layout: TOML, one YAML of datasets, members and budgets per dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {'stacks': stacks, **(on_both_clouds(users) if both_clouds else organisation(users))}
    people = data.pop('users')
    (folder / 'cpg.toml').write_text(_toml(data), encoding='utf-8')
    (folder / 'users.yaml').write_text(_yaml(people), encoding='utf-8')
    options: dict[str, Data] = {}
    for name, dataset in datasets(count, users, both_clouds=both_clouds).items():
        place = folder / name
        place.mkdir(exist_ok=True)
        (place / 'members.yaml').write_text(_yaml(dataset.pop('members')), encoding='utf-8')
        (place / 'budgets.yaml').write_text(_yaml(dataset.pop('budgets')), encoding='utf-8')
        if (uploads := dataset.pop('upload_config', None)) is not None:
            (place / 'upload.yaml').write_text(_yaml(uploads), encoding='utf-8')
        options[name] = dataset
    (folder / 'production.yaml').write_text(_yaml(options), encoding='utf-8')
    return folder


def _bring_to_azure(dataset: Data) -> None:
    budgets = dataset['budgets']
    assert isinstance(budgets, dict)
    budgets['azure'] = dict(budgets['gcp'])
    dataset['deploy_locations'] = list(CLOUDS)


def _yaml(value: object, indent: int = 0) -> str:
    """Block YAML, as people write it."""
    pad = '  ' * indent
    if isinstance(value, dict) and value:
        lines = []
        for key, item in value.items():
            nested = isinstance(item, dict | list) and item
            lines.append(f'{pad}{key}:' + (f'\n{_yaml(item, indent + 1)}' if nested else f' {json.dumps(item)}\n'))
        return ''.join(lines)
    if isinstance(value, list) and value:
        return ''.join(
            f'{pad}-' + (f'\n{_yaml(item, indent + 1)}' if isinstance(item, dict) else f' {json.dumps(item)}\n')
            for item in value
        )
    return f'{pad}{json.dumps(value)}\n'


def _toml(data: Data, path: str = '') -> str:
    plain = [f'{key} = {json.dumps(item)}' for key, item in data.items() if not isinstance(item, dict)]
    tables = []
    for key, item in data.items():
        if isinstance(item, dict):
            name = f'{path}{key}'
            tables.append(f'\n[{name}]\n{_toml(item, f"{name}.")}')
    return '\n'.join(plain) + '\n' + ''.join(tables)
