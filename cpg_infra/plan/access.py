"""The access model: who there is, who is in what, who may do what.

It stands beside the lowered resources and says the same in neutral words, so that questions about access never
need a provider. Everything here has a `key` that is unique in the plan and stable between runs, the `owner` that
declared it, and the `origin`: the path of the configuration value that asked for it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from cpg_infra.config.diagnostics import Path
from cpg_infra.config.names import Cloud
from cpg_infra.plan.owner import Owner
from cpg_infra.plan.roles import Role
from cpg_infra.plan.values import Text


class AssetKind(StrEnum):
    """What kind of thing an asset is, in neutral words."""

    PROJECT = 'project'
    ROLE = 'role'
    BUDGET = 'budget'
    STORAGE_ACCOUNT = 'storage-account'
    STORAGE_SETTINGS = 'storage-settings'
    BUCKET = 'bucket'
    BLOB = 'blob'
    MACHINE_ACCOUNT = 'machine-account'
    GUEST = 'guest'
    ACCOUNT_KEY = 'account-key'
    FEDERATION = 'federation'
    VAULT = 'vault'
    SECRET = 'secret'
    SECRET_VERSION = 'secret-version'
    REGISTRY = 'registry'
    SERVICE = 'service'
    FUNCTION = 'function'
    TABLES = 'tables'
    TABLE = 'table'
    TOPIC = 'topic'
    SUBSCRIPTION = 'subscription'
    BILLING_ACCOUNT = 'billing-account'
    SERVICE_ENABLEMENT = 'service-enablement'
    HAIL_USER = 'hail-user'
    HAIL_BILLING_PROJECT = 'hail-billing-project'
    METAMIST_PROJECT = 'metamist-project'
    RAW = 'raw'


@dataclass(frozen=True, slots=True)
class Asset:
    """A tangible thing: something that access is granted on, or that costs or holds something.

    `name` is the physical name, `address` how its users write it (`gs://…`), `managed` false for things
    that exist without us (the configuration bucket, another team's service).
    """

    key: str
    kind: AssetKind
    cloud: Cloud | None
    name: str
    owner: Owner
    origin: Path
    address: str | None = None
    within: str | None = None
    managed: bool = True
    holds_data: bool = False


class PrincipalKind(StrEnum):
    """What a principal is."""

    PERSON = 'person'
    MACHINE = 'machine'
    GROUP = 'group'
    FEDERATED = 'federated'
    """A program elsewhere, known by what its own platform says of it (a workflow of GitHub)."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody or something that can be given access on one cloud.

    `address` is what the cloud calls it; it is deferred for identities that a service invents (Hail Batch).
    `user` is the id of the person in the configuration, `hail_username` the name on Hail Batch where there is one.
    """

    key: str
    kind: PrincipalKind
    cloud: Cloud
    address: Text
    user: str | None = None
    hail_username: str | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.address if isinstance(self.address, str) else self.key.partition(':')[2]


def account_as_principal(asset: str) -> str:
    """The key that a machine account has as a principal, by the key that it has as an asset."""
    return asset.replace(f':{AssetKind.MACHINE_ACCOUNT.value}:', f':{PrincipalKind.MACHINE.value}:', 1)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of principals. `name` has no prefix; the principal with the same key carries its address."""

    key: str
    name: str
    cloud: Cloud
    owner: Owner
    origin: Path
    cached: bool = False
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """`member` (a principal's key) is in `group`; `member_key` identifies it inside the group."""

    key: str
    group: str
    member: str
    member_key: str
    owner: Owner
    origin: Path
    expires: dt.date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """`principal` may do what `role` allows on `asset`, under `condition` if there is one."""

    key: str
    principal: str
    role: Role
    asset: str
    owner: Owner
    origin: Path
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """`principal` may ask for `role` on `asset`, for at most `max_duration` at a time.

    It takes `approvals` approvals by members of the groups `approvers`; without any, the justification is enough.
    """

    key: str
    principal: str
    role: Role
    asset: str
    owner: Owner
    origin: Path
    max_duration: dt.timedelta
    approvers: tuple[str, ...] = ()
    approvals: int = 0
