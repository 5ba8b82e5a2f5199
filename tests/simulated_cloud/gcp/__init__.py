"""Google Cloud, simulated: the types that our plans use, and what Google makes of them."""

from __future__ import annotations

from typing import Final

from tests.simulated_cloud.gcp.accounts import ACCOUNT, KEY
from tests.simulated_cloud.gcp.budgets import BUDGET
from tests.simulated_cloud.gcp.entitlements import ENTITLEMENT
from tests.simulated_cloud.gcp.federation import POOL, PROVIDER, ROLE
from tests.simulated_cloud.gcp.functions import get_group_lookup, get_organization, get_project, get_secret_version
from tests.simulated_cloud.gcp.groups import GROUP
from tests.simulated_cloud.gcp.messages import SUBSCRIPTION_KIND, TOPIC_KIND
from tests.simulated_cloud.gcp.monitoring import ALERT, CHANNEL
from tests.simulated_cloud.gcp.policies import GRANTS
from tests.simulated_cloud.gcp.projects import PROJECT, SERVICE
from tests.simulated_cloud.gcp.registries import REPOSITORY
from tests.simulated_cloud.gcp.secrets import SECRET, VERSION
from tests.simulated_cloud.gcp.serverless import FUNCTION, JOB, SERVICE_ON_RUN
from tests.simulated_cloud.gcp.storage import BUCKET, OBJECT
from tests.simulated_cloud.gcp.warehouse import TABLE_KIND, TABLE_SET
from tests.simulated_cloud.kind import Kind
from tests.simulated_cloud.servicer import Catalogue

_KINDS: Final[tuple[Kind, ...]] = (
    ACCOUNT,
    ALERT,
    BUCKET,
    BUDGET,
    CHANNEL,
    ENTITLEMENT,
    FUNCTION,
    GROUP,
    JOB,
    KEY,
    OBJECT,
    POOL,
    PROJECT,
    PROVIDER,
    REPOSITORY,
    ROLE,
    SECRET,
    SERVICE,
    SERVICE_ON_RUN,
    SUBSCRIPTION_KIND,
    TABLE_KIND,
    TABLE_SET,
    TOPIC_KIND,
    VERSION,
    *GRANTS,
)

CATALOGUE: Final = Catalogue(
    'gcp',
    '10.2.0',
    'gcp',
    {kind.token: kind for kind in _KINDS},
    {
        'gcp:organizations/getOrganization:getOrganization': get_organization,
        'gcp:organizations/getProject:getProject': get_project,
        'gcp:cloudidentity/getGroupLookup:getGroupLookup': get_group_lookup,
        'gcp:secretmanager/getSecretVersion:getSecretVersion': get_secret_version,
    },
)
"""Of the version that plans ask for."""
