"""Loading of metadata: who may send to which parser, and the code that does it."""

from __future__ import annotations

import re
from typing import Final

from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules.whole import Findings, Whole

PLUGIN: Final = 'metamist'
FUNCTIONS: Final = ('extract', 'load')
NOTIFICATION: Final = 'notification'
RESERVED: Final = frozenset({'sa', 'load-sa', 'extract-sa'})
"""Names that would make the account of an accessor that of a function: ids are `metamist-etl-<name>`."""
LONGEST_ACCESSOR: Final = 17
"""Characters; the id of the account has 30 at most."""
_ACCESSOR: Final = re.compile(r'[a-z0-9]([a-z0-9-]*[a-z0-9])?')
_BY_DIGEST: Final = re.compile(r'.+@sha256:[0-9a-f]{64}')
_AT = organisation_path('metamist', 'etl')


def accessors_have_names_for_accounts(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """An accessor is an account."""
    etl = organisation.metamist.etl if organisation.metamist is not None else None
    seen: set[str] = set()
    for number, name in enumerate(etl.accessors if etl is not None else ()):
        path = (*_AT, 'accessors', number)
        if len(name) > LONGEST_ACCESSOR or not _ACCESSOR.fullmatch(name):
            yield whole.finding(
                'accessor-name',
                path,
                f'{name!r} must be at most {LONGEST_ACCESSOR} lower-case letters, digits and inner hyphens',
            )
        elif name in RESERVED:
            yield whole.finding('accessor-name', path, f'{name!r} is kept for an account of a function')
        elif name in seen:
            yield whole.finding('declared-twice', path, f'{name!r} is listed twice')
        seen.add(name)


def accessors_are_known(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A parser names accessors that there are."""
    etl = organisation.metamist.etl if organisation.metamist is not None else None
    if etl is None:
        return
    for kind, parser in etl.by_type.items():
        for number, name in enumerate(parser.accessors):
            if name not in etl.accessors:
                yield whole.finding(
                    'unknown-accessor',
                    (*_AT, 'by_type', kind, 'accessors', number),
                    f'no accessor {name!r}',
                    suggestion=whole.near(name, etl.accessors),
                )


def accessors_are_used(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """An account that may send to nothing is a slip, or a leftover that somebody may still use."""
    etl = organisation.metamist.etl if organisation.metamist is not None else None
    if etl is None:
        return
    used = {name for parser in etl.by_type.values() for name in parser.accessors}
    for number, name in enumerate(etl.accessors):
        if name not in used:
            yield whole.finding(
                'unused-accessor', (*_AT, 'accessors', number), f'no parser accepts anything from {name!r}'
            )


def paths_are_distinct(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A request names its parser by a path, whose slashes at both ends say nothing."""
    etl = organisation.metamist.etl if organisation.metamist is not None else None
    first: dict[str, str] = {}
    for kind in etl.by_type if etl is not None else ():
        other = first.setdefault(kind.strip('/'), kind)
        if other != kind:
            yield whole.finding('declared-twice', (*_AT, 'by_type', kind), f'is the same path as {other!r}', key=True)


def second_services_are_of_functions(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A function that is served a second time is one of ours, from an image that cannot change."""
    etl = organisation.metamist.etl if organisation.metamist is not None else None
    if etl is None:
        return
    images = etl.external_images or {}
    for key, names in (('custom_audience_list', etl.custom_audience_list or {}), ('external_images', images)):
        for name in names:
            if name not in FUNCTIONS:
                yield whole.finding(
                    'unknown-function',
                    (*_AT, key, name),
                    f'no function {name!r}; there are {" and ".join(FUNCTIONS)}',
                    key=True,
                )
    for name, image in images.items():
        if not _BY_DIGEST.fullmatch(image):
            yield whole.finding('image', (*_AT, 'external_images', name), 'must name the image by digest, …@sha256:…')
    if PLUGIN in organisation.plugins_enabled:
        for name in etl.custom_audience_list or {}:
            if name in FUNCTIONS and name not in images:
                yield whole.finding(
                    'missing-key',
                    (*_AT, 'custom_audience_list', name),
                    f'external_images.{name} is missing: the image of the second service',
                    key=True,
                )


def code_is_there(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The plugin makes functions, and their code comes with the configuration."""
    metamist = organisation.metamist
    if metamist is None or metamist.etl is None or PLUGIN not in organisation.plugins_enabled:
        return
    path = (*_AT, 'source')
    if whole.is_broken(*path):
        return
    if metamist.etl.source is None:
        yield whole.finding('missing-key', _AT, "the key 'source' is missing: the folder with the functions' code")
        return
    files = whole.sources.files(path)
    if files is None:
        yield whole.finding('no-code', path, 'cannot be read: the configuration comes from no folder')
        return
    wanted = [*FUNCTIONS, *([NOTIFICATION] if metamist.slack_channel is not None else [])]
    for name in wanted:
        if f'{name}/main.py' not in files:
            yield whole.finding('no-code', path, f'there is no {metamist.etl.source}/{name}/main.py')


def slack_has_a_token(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """What is told on Slack is told with the token that billing has."""
    metamist, billing = organisation.metamist, organisation.billing
    if metamist is None or metamist.slack_channel is None or PLUGIN not in organisation.plugins_enabled:
        return
    if billing is None or billing.gcp is None or billing.aggregator is None:
        yield whole.finding(
            'missing-section',
            organisation_path('metamist', 'slack_channel'),
            'needs billing.gcp.project_id and billing.aggregator.slack_token_secret_name, the token for Slack',
        )


RULES_WITH_ORGANISATION = (
    accessors_have_names_for_accounts,
    accessors_are_known,
    accessors_are_used,
    paths_are_distinct,
    second_services_are_of_functions,
    code_is_there,
    slack_has_a_token,
)
