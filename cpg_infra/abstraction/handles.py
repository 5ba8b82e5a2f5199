"""Neutral handles: what drivers hold of the things they declared, whichever cloud these are on.

A handle says where the thing is and what it is called. It carries no behaviour: everything that is done with
it goes through `CloudInfrastructure`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cpg_infra.config.diagnostics import Path
from cpg_infra.config.names import Cloud
from cpg_infra.plan.access import Principal
from cpg_infra.plan.owner import Owner
from cpg_infra.plan.values import Text


@dataclass(frozen=True, slots=True)
class By:
    """Who declares something, and the configuration value that asked for it."""

    owner: Owner
    origin: Path


@dataclass(frozen=True, slots=True)
class Handle:
    """A thing on a cloud.

    `asset` is its key in the access model, `name` its physical name, `resource` the logical name of the
    resource that makes it: None for a thing that exists without us. `label` then begins the logical names of grants on
    it, where its name does not tell it from others.
    """

    asset: str
    cloud: Cloud
    name: str
    resource: str | None
    label: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Project(Handle):
    """A container of everything else: a Google project, an Azure resource group."""


@dataclass(frozen=True, slots=True)
class Bucket(Handle):
    """A store of objects; `address` is how programs name it, without a final slash."""

    address: str


@dataclass(frozen=True, slots=True)
class MachineAccount(Handle):
    """An identity for programs."""

    principal: Principal
    project: str


@dataclass(frozen=True, slots=True)
class AccountKey(Handle):
    """A downloadable key of a machine account; `private_key` is a secret that only a deployment knows."""

    private_key: Text


@dataclass(frozen=True, slots=True)
class Secret(Handle):
    """A named secret, without its value."""

    project: str


@dataclass(frozen=True, slots=True)
class Registry(Handle):
    """A registry of images or packages."""

    project: str
    region: str


@dataclass(frozen=True, slots=True)
class Service(Handle):
    """A running service that can be invoked."""

    project: str
    region: str


@dataclass(frozen=True, slots=True)
class HailUser(Handle):
    """A Hail Batch user; `principal` is the cloud identity its jobs run as."""

    principal: Principal


@dataclass(frozen=True, slots=True)
class Function(Handle):
    """A function that can be invoked; `service` is what its cloud calls the service that serves it."""

    project: str
    region: str
    service: Text


@dataclass(frozen=True, slots=True)
class TableSet(Handle):
    """A set of tables, as `name` in `project`: a dataset of BigQuery."""

    project: str


@dataclass(frozen=True, slots=True)
class Table(Handle):
    """One table of a set of tables."""

    project: str
    table_set: str


@dataclass(frozen=True, slots=True)
class Topic(Handle):
    """A topic of messages; `topic` is what its cloud calls it in the project."""

    project: str
    topic: Text


@dataclass(frozen=True, slots=True)
class Subscription(Handle):
    """A subscription to a topic; `subscription` is what its cloud calls it in the project."""

    project: str
    subscription: Text


@dataclass(frozen=True, slots=True)
class BillingAccount(Handle):
    """An account that pays for projects."""


GrantTarget = (
    Project
    | Bucket
    | MachineAccount
    | Secret
    | Registry
    | Service
    | Function
    | TableSet
    | Table
    | Topic
    | Subscription
    | BillingAccount
)
"""What a role can be granted on."""
