"""Which version of each provider serves our resources and look-ups.

Generic resources carry no version of their own; without one Pulumi takes the newest plugin that is installed, and
two machines may disagree. One version per package means one default provider per cloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

PROVIDER_VERSIONS: Final[Mapping[str, str]] = {
    'gcp': '10.2.0',
    'azure-native': '3.29.0',
    'azuread': '6.11.1',
    'github': '6.15.0',
}
"""The versions that the conformance tests check the plans against."""

OWN_PACKAGE: Final = 'cpg'
"""The provider that this distribution brings along: its version is ours."""


@cache
def own_version() -> str | None:
    """The version of this distribution; None when it runs from a tree that was never installed."""
    try:
        return version('cpg-infra')
    except PackageNotFoundError:
        return None


def version_of(token: str) -> str | None:
    """The provider version for a type or function token such as `gcp:storage/bucket:Bucket`.

    None for packages that a plugin brings in: Pulumi then takes the newest one that is installed.
    """
    package = token.partition(':')[0]
    return own_version() if package == OWN_PACKAGE else PROVIDER_VERSIONS.get(package)
