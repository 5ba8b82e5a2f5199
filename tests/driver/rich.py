"""A dataset `alpha` with everything that a dataset can have, and variations of it."""

from __future__ import annotations

from functools import cache

from cpg_infra.config import CPGDatasetComponents, CPGDatasetConfig
from cpg_infra.plan import Plan
from tests.organisations import Plain, dataset, plan_of

DEPLOY = 'deploy-{level}@ci.iam.gserviceaccount.com'
READER = 'reader@partner.iam.gserviceaccount.com'
WRITER = 'writer@partner.iam.gserviceaccount.com'

COMPONENTS = tuple(component.value for component in CPGDatasetComponents)


def alpha(**changes: Plain) -> CPGDatasetConfig:
    """The dataset with some options changed."""
    options: dict[str, Plain] = {
        'members': {
            'data-manager': ['ana'],
            'analysis': ['bao'],
            'upload': ['chen'],
            'metadata-access': ['dara'],
            'metadata-contribute': ['elif'],
            'metadata-write': ['femi'],
            'web-access': ['ana'],
            'release-access': ['bao'],
            'tmp-main-read-access': ['chen'],
        },
        'budgets': {'gcp': {'monthly_budget': 100, 'shared_total_budget': 50}},
        **{f'deployment_service_account_{level}': DEPLOY.format(level=level) for level in ('test', 'standard', 'full')},
        'sm_read_only_sas': [READER],
        'sm_read_write_sas': [WRITER],
        'is_internal_dataset': True,
        'create_container_registry': True,
        'enable_release': True,
        'enable_shared_project': True,
        'allow_notebook_tmp_main_read': True,
        'upload_config': {
            'default_bucket': {'uploaders': ['dara']},
            'additional_buckets': [{'name': 'lab', 'uploaders': ['elif']}],
            'dropboxes': [{'id': 'partner', 'name': 'P', 'allowed_filetypes': ['.cram'], 'uploaders': ['femi']}],
        },
    }
    return dataset('alpha', **{**options, **changes})


@cache
def rich() -> Plan:
    """The plan of the dataset with everything."""
    return plan_of(alpha())


def with_components(*components: str) -> Plan:
    """The plan of the dataset with these components only; temporary access comes with storage."""
    storage = 'storage' in components
    people = alpha().model_dump(mode='json')['members']
    return plan_of(
        alpha(
            components={'gcp': list(components)},
            allow_notebook_tmp_main_read=storage,
            members=people if storage else {key: who for key, who in people.items() if not key.startswith('tmp')},
        ),
    )
