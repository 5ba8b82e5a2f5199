"""An organisation on each cloud with everything that concerns access."""

from __future__ import annotations

from typing import Final

from tests.conformance.organisations import COMMON, ORGANISATION, RICH
from tests.organisations import AZURE, Plain, dataset, organisation, two_clouds
from tests.random_organisations import Given

BUDGETS: Final = {cloud: {'monthly_budget': 100, 'shared_total_budget': 50} for cloud in ('gcp', 'azure')}
FEDERATION: Final = {'name': 'github', 'issuer': 'https://issuer.example.org', 'subject': 'repo:lantern/uploads'}
POLICY: Final = '11111111-2222-4333-8444-555555555555'
GUESTS: Final = {'redirect_url': 'https://start.example.org'}
ELSEWHERE: Final = '99999999-2222-4333-8444-555555555555'
"""A subscription of one dataset. Its people are let into others, and those of others into it."""


def on_google() -> Given:
    """All of it on Google Cloud."""
    datasets = (dataset('common', **COMMON), dataset('rich', **RICH), dataset('plain', setup_test=False))
    return Given(organisation(**ORGANISATION), datasets)


def on_both() -> Given:
    """The same on both clouds, as far as Azure can."""
    clouds: dict[str, Plain] = {'deploy_locations': ['gcp', 'azure'], 'budgets': BUDGETS}
    more = {'premium_tenant': True, 'config_resource_group': 'lantern-config', 'invite_guests': GUESTS}
    changes = {**two_clouds(), 'azure': {**AZURE, **more}}
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
