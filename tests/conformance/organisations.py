"""An organisation with every option on that reaches a resource."""

from __future__ import annotations

from functools import cache
from typing import Final

from cpg_infra.plan import Plan
from tests.organisations import AZURE, GCP, SECTIONS, Plain, azure_only, dataset, on_azure, plan_of, user, users

ORGANISATION: Final[dict[str, Plain]] = {
    'group_prefix': 'try-',
    'budget_notification_thresholds': [0.25, 1, 1.5],
    'groups_authoritative': True,
    'adhoc_groups': [{'name': 'steering', 'description': 'Steering committee', 'members': ['ana', 'dara']}],
    'gcp': {
        **GCP,
        'budget_notification_pubsub': 'projects/lantern-billing/topics/budgets',
        'create_empty_groups': False,
    },
    'hail': {
        'username_prefix': 'try-',
        'gcp': {**SECTIONS['hail']['gcp'], 'bucket_versioning': False},
    },
    'metamist': {
        'gcp': {
            **SECTIONS['metamist']['gcp'],
            'url': 'https://metamist.example.org',
            'audience': 'https://metamist.example.org',
        },
    },
    'temporary_access': {
        'approver_groups': ['owners@example.org', 'board@example.org'],
        'steps': 2,
        'notification_addresses': ['security@example.org'],
    },
}

COMMON: Final[dict[str, Plain]] = {'create_container_registry': True, 'members': {'data-manager': ['ana']}}

RICH: Final[dict[str, Plain]] = {
    'gcp': {
        'project': 'lantern-rich',
        'region': 'us-central1',
        'hail_service_account_dataset_name_override': 'r',
    },
    'budgets': {
        'gcp': {'monthly_budget': 800, 'shared_total_budget': 300, 'currency': 'USD', 'hail_billing_limit': 250.5},
    },
    'is_internal_dataset': True,
    'create_container_registry': True,
    'enable_release': True,
    'enable_shared_project': True,
    'allow_notebook_tmp_main_read': True,
    'archive_age': 30,
    'depends_on': ['plain'],
    'sm_read_only_sas': ['reader@partner.iam.gserviceaccount.com'],
    'sm_read_write_sas': ['writer@partner.iam.gserviceaccount.com'],
    'deployment_service_account_test': 'test@lantern-ci.iam.gserviceaccount.com',
    'deployment_service_account_standard': 'standard@lantern-ci.iam.gserviceaccount.com',
    'deployment_service_account_full': 'full@lantern-ci.iam.gserviceaccount.com',
    'members': {
        'data-manager': ['ana'],
        'analysis': ['bao', {'id': 'chen', 'expires': '2031-06-30', 'reason': 'a visit'}],
        'metadata-access': ['bao'],
        'metadata-contribute': ['chen'],
        'metadata-write': ['dara'],
        'web-access': ['dara'],
        'release-access': ['dara'],
        'tmp-main-read-access': ['bao'],
        'upload': ['chen'],
    },
    'upload_config': {
        'default_bucket': {'uploaders': ['chen']},
        'additional_buckets': [{'name': 'sequencer', 'uploaders': ['chen', 'dara']}],
        'dropboxes': [
            {
                'id': 'partner',
                'name': 'Partner laboratory',
                'allowed_filetypes': ['.cram'],
                'uploaders': ['dara'],
                'max_concurrent_files': 3,
                'description': 'Sequences of the partner',
                'max_file_size': '200GB',
                'move_to_bucket': 'sequencer',
                'slack_notification_channel_id': 'C1',
            },
        ],
    },
}


@cache
def with_every_option() -> Plan:
    """The plan of the organisation that has everything, and of a dataset that has little."""
    return plan_of(
        dataset('common', **COMMON),
        dataset('rich', **RICH),
        dataset('plain', setup_test=False),
        **ORGANISATION,
    )


ORGANISATION_ON_AZURE: Final[dict[str, Plain]] = azure_only(
    group_prefix='try-',
    budget_notification_thresholds=[0.25, 1, 1.5],
    adhoc_groups=ORGANISATION['adhoc_groups'],
    users={**users(), 'dara': user('dara', clouds={'azure': {'id': 'dara@guest.example.com'}})},
    azure={
        **AZURE,
        'premium_tenant': True,
        'domains': ['tenant.example.org'],
        'invite_guests': {'redirect_url': 'https://start.example.org'},
        'storage_sku': 'Standard_RAGRS',
        'registry_sku': 'Premium',
    },
    temporary_access=ORGANISATION['temporary_access'],
)

RICH_ON_AZURE: Final[dict[str, Plain]] = {
    **{key: value for key, value in RICH.items() if not key.startswith(('deployment_', 'sm_', 'allow_notebook'))},
    'gcp': None,
    'azure': {
        'region': 'westeurope',
        'temporary_access_policy': '0f0f0f0f-1111-4222-8333-444444444444',
        'upload_federations': [
            {'name': name, 'issuer': 'https://token.example.org', 'subject': f'repository:{name}'}
            for name in ('sequencer', 'archive')
        ],
    },
    'budgets': {'azure': {**RICH['budgets']['gcp'], 'currency': 'AUD'}},
    'components': {'azure': ['storage', 'hail-accounts', 'container-registry']},
}


@cache
def with_every_option_on_azure() -> Plan:
    """The same for an organisation that is on Azure alone."""
    return plan_of(
        on_azure('common', create_container_registry=True, members={'data-manager': ['ana']}),
        on_azure('rich', **RICH_ON_AZURE),
        on_azure('plain', setup_test=False),
        **ORGANISATION_ON_AZURE,
    )
