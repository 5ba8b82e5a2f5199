"""A small organisation with every plugin, in the surroundings of `seeds/beacon.toml`."""

from __future__ import annotations

from collections.abc import Mapping

from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan
from tests.organisations import GCP, SECTIONS, TODAY, Plain, dataset, organisation
from tests.plugins.billing_aggregator.billing import TOPIC, billing
from tests.plugins.github_wif.federation import environment, repository
from tests.plugins.metamist.loading import CODE, ETL, Attached

CI: str = 'lantern-ci'


def with_plugins(*, number: int, code: Mapping[str, bytes] = CODE, environments: Plain = None) -> Plan:
    """The plan; `number` is that of the project that workflows come in through."""
    config = organisation(
        plugins_enabled=['billing_aggregator', 'github_wif', 'metamist'],
        gcp={**GCP, 'budget_notification_pubsub': TOPIC, 'organization_id': '818118181181'},
        billing=billing(),
        metamist={**SECTIONS['metamist'], 'etl': ETL, 'slack_channel': 'loads'},
        github_wif={
            'owner_id': 9001,
            'projects': {
                CI: {
                    'project_number': number,
                    'location': 'australia-southeast1',
                    'repositories': [repository(environments=environments or [environment()])],
                },
            },
        },
        **dict.fromkeys(('hail', 'analysis_runner', 'data_dropbox', 'web_service', 'notebooks', 'cromwell')),
    )
    few = {'components': {'gcp': ['storage', 'metamist']}}
    datasets = [dataset('common', **few), dataset('alpha', members={'analysis': ['ana']}, **few)]
    return Infrastructure(config, datasets, date=TODAY, sources=Attached(code)).plan()
