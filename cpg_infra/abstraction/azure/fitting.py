"""Names that must fit: readable while they do, hashed when they do not, and never the same for two things.

A hashed name keeps as much of the beginning as there is room for, and ends in a mark that no readable name ends in.
What it is made of decides what it is: adding or removing another dataset renames nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

HASH_LENGTH: Final = 10
"""Characters of base 32, 50 bits: among ten thousand names the chance of two alike is one in twenty million."""

STORAGE_ACCOUNT_LENGTH: Final = 24
REGISTRY_LENGTH: Final = 50
VAULT_LENGTH: Final = 24
"""https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"""

_VAULT: Final = re.compile(r'[a-z][a-z0-9]*(-[a-z0-9]+)*')


def folded(name: str) -> str:
    """What is left of a name where only lower-case letters and digits count."""
    return re.sub(r'[^a-z0-9]', '', name.lower())


def storage_account_name(name: str, ending: str, mark: str) -> str:
    """The name of a storage account: `name` and `ending` folded, else a hash that ends in the digit `mark`."""
    return _alphanumeric(name, ending, mark, STORAGE_ACCOUNT_LENGTH)


def registry_name(name: str, ending: str) -> str:
    """The name of a container registry."""
    return _alphanumeric(name, ending, '9', REGISTRY_LENGTH)


def _alphanumeric(name: str, ending: str, mark: str, limit: int) -> str:
    readable = folded(name) + folded(ending)
    if len(readable) <= limit:
        return readable
    return readable[: limit - HASH_LENGTH - len(mark)] + _hash(f'{name}|{ending}') + mark


def vault_name(name: str) -> str:
    """The name of a key vault: lower-case letters, digits and single hyphens, a letter first."""
    if len(name) <= VAULT_LENGTH and _VAULT.fullmatch(name):
        return name
    return f'v{folded(name)[: VAULT_LENGTH - HASH_LENGTH - 2]}-{_hash(name)}'


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:HASH_LENGTH]
