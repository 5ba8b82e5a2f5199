"""Builders with defaults: a sound configuration, in memory or in files, of which a test changes one thing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cpg_infra.config import ConfigurationError, CPGDatasetConfig, CPGInfrastructureConfig, check_whole, load

CPG_TOML = """\
domain = "example.org"
budget_currency = "AUD"
common_dataset = "common"
config_destination = "gs://lantern-config/deploy"
plugins_enabled = []

[gcp]
customer_id = "C0lantern"
region = "australia-southeast1"
groups_domain = "groups.example.org"
config_bucket_name = "lantern-config"
dataset_storage_prefix = "lantern-"

[hail.gcp]
hail_batch_url = "https://batch.example.org"
hail_auth_url = "https://auth.example.org"

[analysis_runner.gcp]
project = "lantern-runner"
cloud_run_instance_name = "runner"
server_machine_account = "server@runner.example.org"
logger_machine_account = "logger@runner.example.org"
container_registry_name = "images"

[data_dropbox.gcp]
project = "lantern-dropbox"
server_machine_account = "dropbox@dropbox.example.org"

[notebooks.gcp]
project = "lantern-notebooks"

[cromwell.gcp]
access_group_id = "groups/0cromwell"
runner_machine_account = "runner@cromwell.example.org"

[metamist.gcp]
project = "lantern-metamist"
service_name = "metamist"
machine_account = "api@metamist.example.org"

[billing.gcp]
project_id = "lantern-billing"
account_id = "0A1B2C-3D4E5F-6A7B8C"

[[adhoc_groups]]
name = "steering"
description = "Steering committee"
members = ["ana"]
"""

PRODUCTION_YAML = """\
common:
  gcp: {project: lantern-common}
alpha:
  gcp:
    project: lantern-alpha
  enable_release: true
  depends_on:
    - beta
beta:
  gcp: {project: lantern-beta}
  setup_test: false
"""

USERS_YAML = """\
ana:
  clouds:
    gcp: {id: ana@example.org, hail_batch_username: ana}
bao:
  id: bao
  clouds:
    gcp:
      id: bao@example.org
"""

BUDGETS_YAML = """\
gcp:
  monthly_budget: 100
"""

MEMBERS_YAML = """\
data-manager: [ana]
analysis:
  - bao
  - id: ana
    expires: 2031-01-31
    reason: a visit
"""

UPLOAD_YAML = """\
default_bucket:
  uploaders: [ana]
additional_buckets:
  - name: sequencer
    uploaders:
      - bao
dropboxes:
  - id: partner
    name: A partner
    allowed_filetypes: [.cram]
    uploaders: [bao]
    move_to_bucket: sequencer
"""

FILES: Mapping[str, str] = {
    'cpg.toml': CPG_TOML,
    'production.yaml': PRODUCTION_YAML,
    'users.yaml': USERS_YAML,
    'common/budgets.yaml': BUDGETS_YAML,
    'alpha/budgets.yaml': BUDGETS_YAML,
    'alpha/members.yaml': MEMBERS_YAML,
    'alpha/upload.yaml': UPLOAD_YAML,
    'datasets/beta/budgets.yaml': BUDGETS_YAML,
}


def write(folder: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write a sound configuration with some files changed; None leaves a file out."""
    for name, content in {**FILES, **(changes or {})}.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def with_line(text: str, old: str, new: str) -> str:
    """A text with one part replaced, which must be in it."""
    assert text.count(old) == 1, f'{text.count(old)} times in the text: {old!r}'
    return text.replace(old, new)


def faults(folder: Path) -> list[str]:
    """What is said of a configuration, one line each; the warnings if it is sound."""
    try:
        return [str(diagnostic) for diagnostic in load(folder).diagnostics]
    except ConfigurationError as error:
        return [str(diagnostic) for diagnostic in error.diagnostics]


Value = object


def user(name: str, **changes: Value) -> dict[str, Value]:
    """A user with an account on Google Cloud."""
    return {'id': name, 'clouds': {'gcp': {'id': f'{name}@example.org'}}, **changes}


def organisation(**changes: Value) -> CPGInfrastructureConfig:
    """An organisation on Google Cloud with every section a component needs."""
    machine = 'machine@example.org'
    return CPGInfrastructureConfig.from_dict(
        {
            'domain': 'example.org',
            'budget_currency': 'AUD',
            'common_dataset': 'common',
            'config_destination': 'gs://lantern-config',
            'plugins_enabled': [],
            'users': {'ana': user('ana'), 'bao': user('bao')},
            'gcp': {
                'customer_id': 'C0',
                'region': 'r1',
                'groups_domain': 'groups.example.org',
                'config_bucket_name': 'lantern-config',
                'dataset_storage_prefix': 'lantern-',
            },
            'hail': {'gcp': {'hail_batch_url': 'https://b.example.org', 'hail_auth_url': 'https://a.example.org'}},
            'analysis_runner': {
                'gcp': {
                    'project': 'runner',
                    'cloud_run_instance_name': 'runner',
                    'server_machine_account': machine,
                    'logger_machine_account': machine,
                    'container_registry_name': 'images',
                },
            },
            'data_dropbox': {'gcp': {'project': 'dropbox', 'server_machine_account': machine}},
            'notebooks': {'gcp': {'project': 'notebooks'}},
            'cromwell': {'gcp': {'access_group_id': 'groups/0', 'runner_machine_account': machine}},
            'metamist': {'gcp': {'project': 'metamist', 'service_name': 'metamist', 'machine_account': machine}},
            'billing': {'gcp': {'project_id': 'billing', 'account_id': '0A'}},
            **changes,
        },
    )


def azure() -> dict[str, Value]:
    """The organisation's section for Azure."""
    return {
        'region': 'r1',
        'subscription': '11111111-2222-4333-8444-555555555555',
        'tenant': 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
        'dataset_storage_prefix': 'lantern',
        'config_bucket_name': 'config',
    }


def dataset(name: str = 'alpha', **changes: Value) -> CPGDatasetConfig:
    """A dataset on Google Cloud with a budget and a project of its own."""
    return CPGDatasetConfig.from_dict(
        {
            'dataset': name,
            'gcp': {'project': f'project-of-{name}'},
            'budgets': {'gcp': {'monthly_budget': 100}},
            **changes,
        },
    )


def findings(*datasets: CPGDatasetConfig, **changes: Value) -> list[str]:
    """What the checks of the whole say of some datasets beside the common one, and of changes to the organisation."""
    common = () if any(each.dataset == 'common' for each in datasets) else (dataset('common'),)
    return [str(diagnostic) for diagnostic in check_whole(organisation(**changes), (*common, *datasets))]
