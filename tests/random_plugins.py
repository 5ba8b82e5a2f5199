"""What plugins are told in random organisations: of billing, of the loader, and of workflows on GitHub."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from cpg_infra.config.rules.billing import SOURCES
from tests.organisations import BILLING, Plain
from tests.plugins.billing_aggregator.billing import AGGREGATOR, CONTROLS, EXPORT
from tests.plugins.github_wif.federation import GUARD, NUMBER, OWNER_ID
from tests.plugins.metamist.loading import CODE, ETL, Attached

WITH_CODE = Attached(CODE)
"""The folder that the loader's code lies in."""

REPOSITORIES = {'aligner': 7001, 'caller': 7002, 'cpg-flow-align-genotype': 7003, '1.kg': 7004}
"""Names and numbers; the last two do not fit into the id of an account."""

ON_GOOGLE = ('images', 'images-dev', 'us-docker.pkg.dev/partner/images-test')
ON_AZURE = ('lantern-common/lanterncommonimages', 'Lantern-Common/LanternCommonImagesDev', 'shared/lantern')
"""Registries: of the common dataset where it has any, and of somebody else. Azure minds no case."""


@st.composite
def plugins(draw: st.DrawFn, organisation: Plain, datasets: Sequence[str]) -> dict[str, Plain]:
    """The changes to an organisation, as plain data, that enable some of the plugins."""
    changes: dict[str, Plain] = {}
    enabled = {name for name in ('billing_aggregator', 'github_wif', 'metamist') if draw(st.booleans())}
    on_google = organisation.get('gcp') is not None
    if 'billing_aggregator' in enabled and on_google:
        changes['billing'] = draw(_billing())
    if 'metamist' in enabled and organisation.get('metamist') is not None:
        has_token = 'aggregator' in changes.get('billing', {})
        changes['metamist'] = {**organisation['metamist'], **draw(_loading(datasets, has_token=has_token))}
    if 'github_wif' in enabled:
        changes['github_wif'] = draw(_federation(on_google=on_google, on_azure=organisation.get('azure') is not None))
    return {**changes, 'plugins_enabled': sorted(enabled)}


@st.composite
def _billing(draw: st.DrawFn) -> dict[str, Plain]:
    section = {**BILLING, 'gcp': {**BILLING['gcp'], 'source_bq_table': EXPORT}}
    if draw(st.booleans()):
        functions = draw(st.lists(st.sampled_from(SOURCES), unique=True))
        section['aggregator'] = {**AGGREGATOR, 'functions': functions}
    if draw(st.booleans()):
        control = {**CONTROLS, 'mode': draw(st.sampled_from(['dry-run', 'enforce']))}
        if draw(st.booleans()):
            del control['report_machine_account']
        section['gcp_cost_controls'] = control
    return section


@st.composite
def _loading(draw: st.DrawFn, datasets: Sequence[str], *, has_token: bool) -> dict[str, Plain]:
    parser = {'parser_name': 'lab/v1', 'accessors': ['lab'], 'analysis_group_dataset': draw(st.sampled_from(datasets))}
    etl = {**ETL, 'by_type': {**ETL['by_type'], '/lab/v1': parser}}
    if draw(st.booleans()):
        del etl['custom_audience_list']
    return {'etl': etl, 'slack_channel': 'loads' if has_token and draw(st.booleans()) else None}


@st.composite
def _federation(draw: st.DrawFn, *, on_google: bool, on_azure: bool) -> dict[str, Plain]:
    federation: dict[str, Plain] = {'owner_id': OWNER_ID, 'projects': {}}
    if on_google:
        project = draw(st.sampled_from(['lantern-ci', 'lantern-common']))
        federation['projects'][project] = {
            'project_number': NUMBER,
            'location': 'australia-southeast1',
            'repositories': draw(_repositories(ON_GOOGLE, numbered=draw(st.booleans()))),
        }
        federation['pool'] = {'manage': draw(st.booleans())}
        if draw(st.booleans()):
            broker = {'github_repo': 'lantern/access', 'repository_id': 7009, 'environment': 'pam', 'project': project}
            federation['pam_broker'] = broker
    if on_azure:
        federation['azure'] = {
            'resource_group': draw(st.sampled_from(['ci', 'lantern-common'])),
            'transition': draw(st.booleans()),
            'repositories': draw(_repositories(ON_AZURE, numbered=True)),
        }
    return federation


@st.composite
def _repositories(draw: st.DrawFn, registries: Sequence[str], *, numbered: bool) -> list[dict[str, Plain]]:
    return [
        {
            'name': name,
            'github_repo': f'lantern/{name}',
            'repository_id': REPOSITORIES[name] if numbered else None,
            'subject': draw(st.sampled_from(['names', 'ids'])) if numbered else 'names',
            'environments': [
                {
                    'name': environment,
                    'push_registry': draw(st.none() | st.sampled_from(registries)),
                    'read_registries': draw(st.lists(st.sampled_from(registries), unique=True)),
                    'guard': GUARD,
                }
                for environment in draw(st.lists(st.sampled_from(['development', 'trial']), min_size=1, unique=True))
            ],
        }
        for name in draw(st.lists(st.sampled_from(sorted(REPOSITORIES)), min_size=1, max_size=2, unique=True))
    ]
