"""What follows from the names of a repository and an environment: the id of their account, the subject of a token.

Ids of accounts are an interface: another id is another account, and whoever was let in as the old one is not any more.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

ACCOUNT_ID_CHARACTERS: Final = 30
"""Most characters of the id of a service account; a form of every id here has fewer than this."""

SUBJECT_BYTES: Final = 127
"""Most bytes of `google.subject`, as Google documents for workload identity federation."""

_SHORT: Final = {'development': 'dev', 'production': 'prod'}
_SOUND: Final = re.compile(r'[a-z][a-z0-9]*(-[a-z0-9]+)*')
_NOT_SOUND: Final = re.compile(r'[^a-z0-9]+')
_DIGITS: Final = 6
"""Hexadecimal digits of the hash that tells apart what was cut."""
_ENVIRONMENT_PART: Final = 9
"""Most characters that are kept of `img-<environment>`."""


def deployer_id(project: str, repository: str, environment: str) -> str:
    """The id of the account of a repository and environment: `<repository>-img-<environment>-deployer`.

    `development` and `production` are `dev` and `prod`. A name that is too long, or holds what an id cannot, is cut
    and gets a piece of the SHA-256 of all three names, one per line, so that no two pairs share an account.
    """
    short = _SHORT.get(environment, environment)
    whole = f'{repository}-img-{short}-deployer'
    if len(whole) <= ACCOUNT_ID_CHARACTERS and _SOUND.fullmatch(whole):
        return whole
    digest = hashlib.sha256(f'{project}\n{repository}\n{environment}'.encode()).hexdigest()[:_DIGITS]
    end = f'{_sound(f"img-{short}")[:_ENVIRONMENT_PART].rstrip("-")}-{digest}'
    name = _sound(repository)
    if not name or not name[0].isalpha():
        name = f'r-{name}'.rstrip('-')
    return f'{name[: ACCOUNT_ID_CHARACTERS - len(end) - 1].rstrip("-")}-{end}'


def _sound(name: str) -> str:
    return _NOT_SOUND.sub('-', name.lower()).strip('-')


def subject_by_names(github_repo: str, environment: str) -> str:
    """The subject of a token that names its repository."""
    return f'repo:{github_repo}:environment:{environment}'


def subject_by_ids(owner_id: int, repository_id: int, environment: str) -> str:
    """The subject of a token of a repository that was created, renamed or moved after 2026-06-18."""
    return f'repo:org-{owner_id}/repo-{repository_id}:environment:{environment}'
