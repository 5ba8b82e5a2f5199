"""Azure, simulated: what the resource manager and the directory make of the types that our plans use.

Two providers work on one cloud: `azure-native` on what is in the subscription, `azuread` on the directory. The world
has one tenant with its subscriptions (`seeds`); everything that is there is kept under readable keys, such as
`container smallalpha/main`, and found by its id as well, since role assignments name their scope by it. A provider works
in the subscription that it is told, else in the first.
"""

from __future__ import annotations

from typing import Final

from tests.simulated_cloud.azure.assignments import ASSIGNMENT
from tests.simulated_cloud.azure.budgets import BUDGET
from tests.simulated_cloud.azure.directory import GROUP, INVITATION, MEMBER
from tests.simulated_cloud.azure.eligibility import POLICY, POLICY_ASSIGNMENT, SCHEDULE
from tests.simulated_cloud.azure.functions import FUNCTIONS
from tests.simulated_cloud.azure.groups import RESOURCE_GROUP
from tests.simulated_cloud.azure.identities import CREDENTIAL, IDENTITY, one_at_a_time
from tests.simulated_cloud.azure.lifecycle import MANAGEMENT_POLICY
from tests.simulated_cloud.azure.registries import REGISTRY
from tests.simulated_cloud.azure.roles import ROLE
from tests.simulated_cloud.azure.storage import ACCOUNT, BLOB_SETTINGS, CONTAINER
from tests.simulated_cloud.azure.vaults import SECRET, VAULT
from tests.simulated_cloud.servicer import Catalogue

_NATIVE: Final = (
    ACCOUNT,
    ASSIGNMENT,
    BLOB_SETTINGS,
    BUDGET,
    CONTAINER,
    CREDENTIAL,
    IDENTITY,
    MANAGEMENT_POLICY,
    POLICY,
    POLICY_ASSIGNMENT,
    REGISTRY,
    RESOURCE_GROUP,
    ROLE,
    SCHEDULE,
    SECRET,
    VAULT,
)

CATALOGUES: Final = {
    'azure-native': Catalogue(
        'azure-native',
        '3.29.0',
        'azure',
        {kind.token: kind for kind in _NATIVE},
        {},
        bridged=False,
        alone={CREDENTIAL.token: one_at_a_time},
    ),
    'azuread': Catalogue(
        'azuread', '6.11.1', 'azure', {kind.token: kind for kind in (GROUP, INVITATION, MEMBER)}, FUNCTIONS
    ),
}
"""Of the versions that plans ask for."""
