"""Random organisations: sound by construction, and as odd as the configuration allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from cpg_infra.config import (
    CPGDatasetComponents,
    CPGDatasetConfig,
    CPGInfrastructureConfig,
    PeopleGroup,
    Sources,
)
from tests.organisations import (
    AZURE,
    BILLING,
    GCP,
    PEOPLE,
    SECTIONS,
    Plain,
    azure_only,
    dataset,
    organisation,
    two_clouds,
    user,
)
from tests.random_plugins import WITH_CODE, plugins

NAMES = ('alpha', 'beta', 'gamma', 'delta-x', 'main', 'test', 'service')
"""Names of datasets; the last ones also begin keys of things."""

COMPONENTS = tuple(component.value for component in CPGDatasetComponents)
ON_AZURE = ('storage', 'hail-accounts', 'metamist', 'container-registry', 'analysis-runner')
"""What a dataset can ask for by name there."""

NEEDS = {
    'cromwell': 'cromwell',
    'notebooks': 'notebooks',
    'hail-accounts': 'hail',
    'metamist': 'metamist',
    'analysis-runner': 'analysis_runner',
}
"""The section of the organisation that a component needs when it is named."""


@dataclass(frozen=True)
class Given:
    """A configuration."""

    organisation: CPGInfrastructureConfig
    datasets: tuple[CPGDatasetConfig, ...]
    sources: Sources | None = None


def _some(values: tuple[str, ...], most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


WORLDS = (('gcp',), ('gcp', 'azure'), ('azure',))
"""The clouds of an organisation."""


@st.composite
def sections(draw: st.DrawFn, world: tuple[str, ...]) -> dict[str, Plain]:
    """Changes to the organisation: sections missing or present, options either way."""
    base = {('gcp',): dict(SECTIONS), ('gcp', 'azure'): {**SECTIONS, **two_clouds()}, ('azure',): azure_only()}[world]
    changes: dict[str, Plain] = {**base}
    changes |= {name: base[name] if draw(st.integers(0, 4)) else None for name in sorted(SECTIONS)}
    if 'azure' in world:
        changes['azure'] = {
            **AZURE,
            'premium_tenant': draw(st.booleans()),
            'budget_start': draw(st.none() | st.just('2030-01-01')),
            'invite_guests': draw(st.none() | st.just({'redirect_url': 'https://start.example.org'})),
            'config_resource_group': draw(st.none() | st.just('lantern-configuration')),
            'storage_sku': draw(st.sampled_from(['Standard_LRS', 'Standard_GRS'])),
        }
    if 'gcp' in world:
        changes |= draw(sections_on_google(changes))
    changes['group_prefix'] = draw(st.none() | st.just('try-'))
    changes['disable_group_memberships'] = draw(st.booleans())
    changes['groups_authoritative'] = draw(st.booleans())
    changes['common_dataset_access'] = draw(st.sampled_from(['read-write', 'readonly']))
    changes['users'] = {
        name: user(name, can_access_internal_dataset_logs=draw(st.booleans())) for name in draw(st.permutations(PEOPLE))
    }
    changes['adhoc_groups'] = [
        {'name': name, 'description': f'About {name}', 'members': draw(_some(PEOPLE))}
        for name in draw(_some(('steering', 'visitors'), 2))
    ]
    if draw(st.booleans()):
        changes['temporary_access'] = {'approver_groups': ['approvers@example.org'], 'steps': draw(st.integers(1, 2))}
    return changes


@st.composite
def sections_on_google(draw: st.DrawFn, given: Mapping[str, Plain]) -> dict[str, Plain]:
    """What is said of Google Cloud."""
    changes: dict[str, Plain] = {}
    changes['gcp'] = {
        **GCP,
        'allow_external_group_members': draw(st.booleans()),
        'create_empty_groups': draw(st.booleans()),
        'budget_notification_pubsub': draw(st.none() | st.just('projects/lantern-billing/topics/budgets')),
        'organization_id': draw(st.none() | st.just('123')),
    }
    changes['billing'] = BILLING if draw(st.booleans()) else {'gcp': BILLING['gcp']}
    changes['config_destination'] = draw(st.sampled_from(['gs://lantern-config', 'gs://lantern-config/deploy/']))
    if given['cromwell'] is not None:
        legacy = given['analysis_runner'] is not None and draw(st.booleans())
        changes['cromwell'] = {'gcp': {**SECTIONS['cromwell']['gcp'], 'legacy_key_copy': legacy}}
    return changes


@st.composite
def options(
    draw: st.DrawFn, name: str, earlier: tuple[str, ...], present: frozenset[str], world: tuple[str, ...]
) -> dict[str, Plain]:
    """The options of one dataset. Dependencies go to earlier names only, so there is no cycle."""
    chosen: dict[str, Plain] = {
        flag: draw(st.booleans())
        for flag in (
            'setup_test',
            'create_container_registry',
            'is_internal_dataset',
            'enable_release',
            'enable_metamist_project',
            'autoclass',
        )
    }
    chosen['archive_age'] = draw(st.integers(0, 90))
    chosen['enable_shared_project'] = chosen['enable_release'] and draw(st.booleans())
    clouds = list(
        world if name == 'common' else draw(st.sampled_from([each for each in WORLDS if {*each} <= {*world}]))
    )
    chosen['budgets'] = {
        cloud: {'monthly_budget': draw(st.integers(1, 9999)), 'shared_total_budget': 300} for cloud in clouds
    }
    chosen['gcp'] = {'project': f'lantern-{name}'} if 'gcp' in world else None
    if 'gcp' in world and draw(st.booleans()):
        chosen['gcp']['region'] = 'us-central1'
    if draw(st.booleans()):
        chosen['azure'] = {
            'region': draw(st.none() | st.just('westeurope')),
            'subscription': draw(st.none() | st.just('99999999-2222-4333-8444-555555555555')),
            'upload_federations': draw(federations()),
        }
    components: dict[str, list[str]] = {}
    for cloud, known in (('gcp', COMPONENTS), ('azure', ON_AZURE)):
        if cloud in clouds and draw(st.booleans()):
            possible = tuple(each for each in known if NEEDS.get(each, 'none') in {*present, 'none'})
            components[cloud] = draw(st.lists(st.sampled_from(possible), unique=True))
    chosen['components'] = components
    has_storage = all('storage' in named for named in components.values())
    can_ask = has_storage and ('azure' not in clouds or 'premium' in present)
    groups = tuple(group.value for group in PeopleGroup if can_ask or group.value != 'tmp-main-read-access')
    chosen['members'] = {group: draw(_some(PEOPLE)) for group in draw(_some(groups, 4))}
    chosen['allow_notebook_tmp_main_read'] = has_storage and draw(st.booleans())
    if earlier:
        chosen['depends_on'] = draw(_some(earlier, 2))
        chosen['depends_on_readonly'] = [each for each in draw(_some(earlier, 2)) if each not in chosen['depends_on']]
    for level in ('test', 'standard', 'full'):
        if draw(st.booleans()):
            chosen[f'deployment_service_account_{level}'] = f'{level}@{name}-ci.iam.gserviceaccount.com'
    if draw(st.booleans()):
        chosen['sm_read_only_sas'] = ['reader@partner.iam.gserviceaccount.com', 'visitor@example.org']
    chosen['upload_config'] = draw(uploads(name, dropboxes='data_dropbox' in present))
    clouds = [*clouds, 'dry-run'] if draw(st.integers(0, 9)) == 0 else clouds
    chosen['deploy_locations'] = ['dry-run'] if name != 'common' and draw(st.integers(0, 9)) == 0 else clouds
    return chosen


def federations() -> st.SearchStrategy[list[dict[str, str]]]:
    """Programs elsewhere that may upload."""
    return st.lists(
        st.sampled_from(['sequencer', 'archive']).map(
            lambda name: {'name': name, 'issuer': 'https://issuer.example.org', 'subject': f'program:{name}'}
        ),
        max_size=2,
        unique_by=lambda each: each['name'],
    )


@st.composite
def uploads(draw: st.DrawFn, name: str, *, dropboxes: bool) -> dict[str, Plain] | None:
    """What a dataset says of uploads."""
    if draw(st.booleans()):
        return None
    return {
        'default_bucket': {'uploaders': draw(_some(PEOPLE))},
        'additional_buckets': [
            {'name': each, 'uploaders': draw(_some(PEOPLE))} for each in draw(_some(('lab', 'seq')))
        ],
        'dropboxes': [
            {'id': f'{name}-{each}', 'name': each, 'allowed_filetypes': ['.cram'], 'uploaders': draw(_some(PEOPLE))}
            for each in draw(_some(('north', 'south')))
        ]
        if dropboxes
        else [],
    }


@st.composite
def organisations(draw: st.DrawFn, *, most: int = 3, worlds: tuple[tuple[str, ...], ...] = WORLDS) -> Given:
    """A whole configuration of the common dataset and up to `most` others, on the clouds of one of `worlds`."""
    world = draw(st.sampled_from(worlds))
    changes = draw(sections(world))
    present = frozenset(name for name, value in changes.items() if value is not None)
    if (changes.get('azure') or {}).get('premium_tenant'):
        present |= {'premium'}
    names = ('common', *draw(st.lists(st.sampled_from(NAMES), max_size=most, unique=True)))
    made = [
        dataset(name, **draw(options(name, names[1:position], present, world))) for position, name in enumerate(names)
    ]
    return Given(organisation(**changes), tuple(made))


# More variety ---------------------------------------------------------------------------------------------

OBJECT_ID = '5d2c7e6c-0c57-4c0f-9a53-6a1f3c1d6a0e'
"""Somebody whom the configuration names by the id in the directory."""

APPROVERS = (['Approvers@example.org'], ['steering@groups.example.org', 'try-steering@groups.example.org'])
"""Groups that approve; of the ad-hoc group `steering` one is the address, as there is a prefix or not."""

DAYS = ('2029-12-31', '2030-01-01', '2031-06-30')
"""Last days of memberships: yesterday, today and later, for a plan of `TODAY`."""


@st.composite
def varied(draw: st.DrawFn, given_: st.SearchStrategy[Given]) -> Given:
    """The same organisations with what they lack: memberships that end, programs, names that differ, plugins."""
    given = draw(given_)
    changes: dict[str, Plain] = given.organisation.model_dump(mode='json', exclude_unset=True)
    # Without memberships there is little to say about access; the others have that half of the time.
    changes['disable_group_memberships'] = draw(st.integers(0, 9)) == 0
    if changes.get('temporary_access') is not None:
        changes['temporary_access'] = {
            'approver_groups': draw(st.sampled_from(APPROVERS)),
            'steps': draw(st.integers(1, 2)),
        }
    if changes.get('hail') is not None:
        changes['hail']['username_prefix'] = draw(st.none() | st.just('try-'))
        for optional in ('wheel_bucket_name', 'git_credentials_secret_name'):
            if changes['hail'].get('gcp') is not None and draw(st.integers(0, 3)) == 0:
                changes['hail']['gcp'].pop(optional)
                if optional == 'git_credentials_secret_name':
                    changes['hail']['gcp'].pop('git_credentials_secret_project')
    if changes.get('azure') is not None:
        changes['azure']['domains'] = draw(st.sampled_from([[], ['elsewhere.example.org'], ['example.org']]))
        changes['azure']['strict_append'] = draw(st.booleans())
        for name, person in changes['users'].items():
            domain = draw(st.sampled_from(['example.org', 'guest.example.com']))
            person['clouds']['azure']['id'] = OBJECT_ID if name == 'femi' else f'{name}@{domain}'
    datasets = [dataset(each.dataset, **draw(_varied(each))) for each in given.datasets]
    changes |= draw(plugins(changes, [each.dataset for each in datasets]))
    return Given(CPGInfrastructureConfig.from_dict(changes), tuple(datasets), WITH_CODE)


@st.composite
def _varied(draw: st.DrawFn, given: CPGDatasetConfig) -> dict[str, Plain]:
    chosen: dict[str, Plain] = given.model_dump(mode='json', exclude_unset=True)
    del chosen['dataset']
    for group, members in chosen['members'].items():
        chosen['members'][group] = [
            {'id': each['id'], 'expires': draw(st.sampled_from(DAYS)), 'reason': 'a visit'}
            if draw(st.integers(0, 2)) == 0
            else each
            for each in members
        ]
    if draw(st.booleans()):
        chosen['sm_read_write_sas'] = [
            'writer@partner.iam.gserviceaccount.com',
            'reader@partner.iam.gserviceaccount.com',
        ]
    if 'azure' in given.deploy_locations:
        policy = draw(st.none() | st.just('11111111-2222-4333-8444-555555555555'))
        chosen['azure'] = {**(chosen.get('azure') or {}), 'temporary_access_policy': policy}
    if chosen.get('gcp') is not None and draw(st.integers(0, 3)) == 0:
        chosen['gcp'] = {**chosen['gcp'], 'hail_service_account_dataset_name_override': f'o-{given.dataset}'[:8]}
    return chosen


def shuffled(value: Plain, order: Random) -> Plain:
    """The same value with the keys of mappings, and what is listed, in another order."""
    if isinstance(value, Mapping):
        return {key: shuffled(value[key], order) for key in order.sample(sorted(value), len(value))}
    if isinstance(value, list):
        return [shuffled(item, order) for item in order.sample(value, len(value))]
    return value
