"""GitHub, simulated: environments of repositories, and variables in them."""

from __future__ import annotations

from typing import Final

from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.servicer import Catalogue
from tests.simulated_cloud.world import Refused, World


def _environment(inputs: Inputs) -> str:
    # GitHub minds the case of neither name.
    return f'environment {inputs["repository"]}/{inputs["environment"]}'.lower()


def _refuse_variable(world: World, inputs: Inputs) -> None:
    if world.sees(_environment(inputs)) is None:
        raise Refused(f'PUT https://api.github.com/repos/o/{inputs["repository"]}/environments: 404 Not Found []')


ENVIRONMENT = Thing(
    'github:index/repositoryEnvironment:RepositoryEnvironment',
    key=_environment,
    id=lambda inputs, _: f'{inputs["repository"]}:{inputs["environment"]}',
    required=('environment', 'repository'),
    replaces=frozenset({'repository', 'environment'}),
)
VARIABLE = Thing(
    'github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable',
    key=lambda inputs: f'variable {inputs["repository"]}/{inputs["environment"]}/{inputs["variableName"]}'.lower(),
    id=lambda inputs, _: f'{inputs["repository"]}:{inputs["environment"]}:{inputs["variableName"]}',
    required=('environment', 'repository', 'value', 'variableName'),
    replaces=frozenset({'repository', 'environment', 'variableName'}),
    refuse=_refuse_variable,
    taken=lambda _: 'POST https://api.github.com/…/variables: 409 Already exists []',
)

CATALOGUE: Final = Catalogue('github', '6.15.0', 'github', {kind.token: kind for kind in (ENVIRONMENT, VARIABLE)}, {})
"""Of the version that plans ask for."""
