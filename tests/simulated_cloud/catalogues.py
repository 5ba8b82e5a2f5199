"""The providers that are simulated, by name."""

from __future__ import annotations

from tests.simulated_cloud.servicer import Catalogue


def catalogue(name: str) -> Catalogue:
    """What the provider `name` serves. Raises KeyError when none is simulated under that name."""
    # Each process serves one: the others are not loaded.
    if name == 'gcp':
        from tests.simulated_cloud.gcp import CATALOGUE

        return CATALOGUE
    if name in {'azure-native', 'azuread'}:
        from tests.simulated_cloud.azure import CATALOGUES

        return CATALOGUES[name]
    if name == 'github':
        from tests.simulated_cloud.github import CATALOGUE as GITHUB

        return GITHUB
    if name == 'cpg':
        from tests.simulated_cloud.stand_in_for_cpg import CATALOGUE as STAND_IN

        return STAND_IN
    raise KeyError(name)
