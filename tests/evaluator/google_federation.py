"""Programs elsewhere on Google Cloud: whom a pool takes in, and whom a policy means that names them.

A policy names them by a pool and by what the pool's provider makes of their tokens. So it depends on the provider whom
it means, and a provider that is not understood may let in anybody.
"""

from __future__ import annotations

import re
from typing import Final

from tests.evaluator.resources import Resources, UnreadableError, text

POOL: Final = 'gcp:iam/workloadIdentityPool:WorkloadIdentityPool'
PROVIDER: Final = 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider'

GITHUB: Final = 'https://token.actions.githubusercontent.com'
ATTRIBUTE: Final = 'attribute.repository_environment'
MAPPING: Final = {
    'google.subject': re.compile(r'assertion\.sub'),
    # A number has no slash, so no repository and environment look like another pair.
    ATTRIBUTE: re.compile(r'assertion\.repository_id\s*\+\s*"/"\s*\+\s*assertion\.environment'),
}
"""What tokens are known by, and how that must follow from their claims."""

ONE_OWNER: Final = re.compile(r'assertion\.repository_owner(_id)?\s*==\s*"[A-Za-z0-9-]+"')
"""Anybody can have a repository on GitHub. Only a condition on its owner keeps strangers out of the pool."""

_MEMBER: Final = re.compile(
    r'principal(?P<many>Set)?://iam\.googleapis\.com/projects/[0-9]+/locations/global/workloadIdentityPools/'
    r'(?P<pool>[a-z0-9-]+)/(?P<known_by>subject|attribute\.\w+)/(?P<value>.+)'
)
_PAIR: Final = re.compile(r'[0-9]+/[^/].*')
_SUBJECT: Final = re.compile(r'repo:[^:*]+:environment:[^:*]+')


def refuse_open_pools(resources: Resources) -> None:
    """Raises `UnreadableError` for a provider that takes tokens of others than one owner, or calls them otherwise."""
    for name, inputs in resources.named(PROVIDER):
        if text(inputs['oidc']['issuerUri']) != GITHUB:
            raise UnreadableError(f'{name}: whose tokens are those of {inputs["oidc"]["issuerUri"]}?')
        if not ONE_OWNER.fullmatch(inputs.get('attributeCondition') or ''):
            raise UnreadableError(f'{name}: tokens of whatever owner are taken')
        mapping = inputs['attributeMapping']
        for known_by, pattern in MAPPING.items():
            if not pattern.fullmatch(mapping.get(known_by) or ''):
                raise UnreadableError(f'{name}: what {known_by} is of a token is not understood')


def outsider(member: str) -> str | None:
    """What a program elsewhere is called here; None for a member that is none.

    Raises `UnreadableError` for one that stands for more than jobs in one environment of one repository.
    """
    if not member.startswith(('principal://', 'principalSet://')):
        return None
    found = _MEMBER.fullmatch(member)
    if found is not None:
        by_pair = found['known_by'] == ATTRIBUTE and found['many'] and _PAIR.fullmatch(found['value'])
        by_name = found['known_by'] == 'subject' and not found['many'] and _SUBJECT.fullmatch(found['value'])
        if by_pair or by_name:
            return f'gcp:outside:{member}'
    raise UnreadableError(f'{member}: who is that?')
