"""An organisation that loads metadata, of which a test changes one thing."""

from __future__ import annotations

from collections.abc import Mapping

from cpg_infra.config import NoSources
from cpg_infra.config.diagnostics import Path
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan
from tests.organisations import BILLING, SECTIONS, TODAY, Plain, dataset, organisation
from tests.plugins.billing_aggregator.billing import AGGREGATOR

PROJECT = 'lantern-metamist'
DIGEST = 'a' * 64
CODE: Mapping[str, bytes] = {
    'extract/main.py': b'def etl_extract(request): ...\n',
    'extract/requirements.txt': b'flask\n',
    'load/main.py': b'def etl_load(request): ...\n',
    'load/requirements.txt': b'metamist\n',
    'notification/main.py': b'def etl_notify(request): ...\n',
}
ETL: dict[str, Plain] = {
    'source': 'etl',
    'accessors': ['lab', 'redcap'],
    'by_type': {
        '/lab/v1': {'parser_name': 'lab/v1', 'accessors': ['lab'], 'analysis_group_dataset': 'alpha'},
        'redcap/v2/': {
            'parser_name': 'redcap/v2',
            'accessors': ['redcap', 'lab'],
            'default_parameters': {'project': 'a'},
        },
    },
    'private_repo_packages': ['lantern-parsers==2.4.1'],
    'custom_audience_list': {'extract': ['https://loads.example.org']},
    'external_images': {'extract': f'australia-docker.pkg.dev/lantern/etl/extract@sha256:{DIGEST}'},
}


class Attached(NoSources):
    """A configuration in memory, with a folder of code."""

    def __init__(self, files: Mapping[str, bytes] | None) -> None:
        self._files = files

    def files(self, path: Path) -> Mapping[str, bytes] | None:
        return self._files if path == ('organisation', 'metamist', 'etl', 'source') else None


def loaded(
    *,
    code: Mapping[str, bytes] | None = CODE,
    slack_channel: str | None = 'loads',
    members: Plain = None,
    organisation_changes: Plain = None,
    **changes: Plain,
) -> Plan:
    """The plan of an organisation with the plugin, and of a dataset with analysts."""
    etl = {key: value for key, value in {**ETL, **changes}.items() if value is not None}
    config = organisation(
        plugins_enabled=['metamist'],
        metamist={**SECTIONS['metamist'], 'etl': etl, 'slack_channel': slack_channel},
        billing={**BILLING, 'aggregator': AGGREGATOR},
        **(organisation_changes or {}),
    )
    alpha = dataset('alpha', members={'analysis': ['ana', 'bao'] if members is None else members})
    return Infrastructure(config, [dataset('common'), alpha], date=TODAY, sources=Attached(code)).plan()
