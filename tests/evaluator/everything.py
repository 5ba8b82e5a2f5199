"""An organisation on each cloud with everything that concerns access."""

from __future__ import annotations

from typing import Final

from tests.conformance.organisations import COMMON, ORGANISATION, RICH
from tests.organisations import AZURE, Plain, dataset, organisation, two_clouds
from tests.plugins.billing_aggregator.billing import billing
from tests.plugins.github_wif.federation import GUARD, environment, federation, repository
from tests.plugins.metamist.loading import ETL
from tests.random_organisations import Given
from tests.random_plugins import ON_AZURE, WITH_CODE

BUDGETS: Final = {cloud: {'monthly_budget': 100, 'shared_total_budget': 50} for cloud in ('gcp', 'azure')}
FEDERATION: Final = {'name': 'github', 'issuer': 'https://issuer.example.org', 'subject': 'repo:lantern/uploads'}
POLICY: Final = '11111111-2222-4333-8444-555555555555'
GUESTS: Final = {'redirect_url': 'https://start.example.org'}
ELSEWHERE: Final = '99999999-2222-4333-8444-555555555555'
"""A subscription of one dataset. Its people are let into others, and those of others into it."""

PARSER: Final = {'parser_name': 'lab/v1', 'accessors': ['lab'], 'analysis_group_dataset': 'rich'}
PLUGINS: Final[dict[str, Plain]] = {
    'plugins_enabled': ['billing_aggregator', 'github_wif', 'metamist'],
    'billing': billing(),
    'metamist': {
        **ORGANISATION['metamist'],
        'etl': {**ETL, 'by_type': {**ETL['by_type'], '/lab/v1': PARSER}},
        'slack_channel': 'loads',
    },
    'github_wif': federation(
        repository(environments=[environment(read_registries=['us-docker.pkg.dev/partner/images'], guard=GUARD)]),
        repository('caller', repository_id=None),
        pam_broker={'github_repo': 'lantern/access', 'repository_id': 7003, 'environment': 'pam'},
    ),
}
WORKFLOWS: Final = {
    'resource_group': 'lantern-common',
    'transition': True,
    'repositories': [
        repository(environments=[environment(push_registry=ON_AZURE[1], read_registries=ON_AZURE[2:], guard=GUARD)])
    ],
}


def on_google() -> Given:
    """All of it on Google Cloud."""
    datasets = (dataset('common', **COMMON), dataset('rich', **RICH), dataset('plain', setup_test=False))
    return Given(organisation(**{**ORGANISATION, **PLUGINS}), datasets, WITH_CODE)


def on_both() -> Given:
    """The same on both clouds, as far as Azure can."""
    clouds: dict[str, Plain] = {'deploy_locations': ['gcp', 'azure'], 'budgets': BUDGETS}
    more = {'premium_tenant': True, 'config_resource_group': 'lantern-config', 'invite_guests': GUESTS}
    changes = {**two_clouds(), 'azure': {**AZURE, **more}}
    changes |= {'plugins_enabled': ['github_wif'], 'github_wif': {**PLUGINS['github_wif'], 'azure': WORKFLOWS}}
    return Given(
        organisation(**{**ORGANISATION, **changes, 'gcp': ORGANISATION['gcp']}),
        (
            dataset('common', **{**COMMON, **clouds}),
            dataset(
                'rich',
                **{**RICH, **clouds, 'azure': {'upload_federations': [FEDERATION], 'temporary_access_policy': POLICY}},
            ),
            dataset('apart', depends_on=['rich'], **clouds, azure={'subscription': ELSEWHERE}),
            dataset('reading', depends_on_readonly=['apart'], setup_test=False, **clouds),
            dataset('plain', setup_test=False, **clouds),
        ),
    )


EVERYTHING: Final = {'gcp': on_google, 'azure': on_both}
"""By cloud."""
