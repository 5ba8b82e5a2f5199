"""Google Cloud, simulated: the types that our plans use, and what Google makes of them."""

from __future__ import annotations

from typing import Final

from tests.simulated_cloud.gcp.accounts import ACCOUNT, KEY
from tests.simulated_cloud.gcp.budgets import BUDGET
from tests.simulated_cloud.gcp.entitlements import ENTITLEMENT
from tests.simulated_cloud.gcp.functions import get_organization
from tests.simulated_cloud.gcp.groups import GROUP
from tests.simulated_cloud.gcp.policies import GRANTS
from tests.simulated_cloud.gcp.projects import PROJECT, SERVICE
from tests.simulated_cloud.gcp.registries import REPOSITORY
from tests.simulated_cloud.gcp.secrets import SECRET, VERSION
from tests.simulated_cloud.gcp.storage import BUCKET, OBJECT
from tests.simulated_cloud.kind import Kind
from tests.simulated_cloud.servicer import Catalogue

_KINDS: Final[tuple[Kind, ...]] = (
    ACCOUNT,
    BUCKET,
    BUDGET,
    ENTITLEMENT,
    GROUP,
    KEY,
    OBJECT,
    PROJECT,
    REPOSITORY,
    SECRET,
    SERVICE,
    VERSION,
    *GRANTS,
)

CATALOGUE: Final = Catalogue(
    'gcp',
    '10.2.0',
    'gcp',
    {kind.token: kind for kind in _KINDS},
    {'gcp:organizations/getOrganization:getOrganization': get_organization},
)
"""Of the version that plans ask for."""
