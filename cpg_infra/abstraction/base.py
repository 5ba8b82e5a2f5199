"""The cloud abstraction: one interface through which drivers and plugins declare everything.

`CloudInfrastructure` is one dataset on one cloud. Its methods come in two halves: the neutral half, here, writes
the intent into the plan (assets, groups, memberships, grants, entitlements); the other half (`Lowering`), in a
cloud's own folder, adds the resources that carry it out. Grants are gathered and lowered at the end, because a cloud
writes one policy per thing and not one per grant.

A driver never asks which cloud it is on. What differs is a capability, a name or a role, and those are data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Final

from cpg_infra.abstraction.capability import Capability, Expression, Support
from cpg_infra.abstraction.federation import program_elsewhere
from cpg_infra.abstraction.handles import (
    AccountKey,
    Bucket,
    By,
    GrantTarget,
    HailUser,
    MachineAccount,
    Project,
    Registry,
    Secret,
    Service,
)
from cpg_infra.abstraction.lowering import Lowering
from cpg_infra.abstraction.roles import CloudRole
from cpg_infra.abstraction.shared import CloudState, GrantedRole
from cpg_infra.abstraction.specification import (
    BucketProfile,
    Budget,
    RegistryFormat,
    TemporaryAccess,
)
from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import Diagnostic, Severity, dataset_path
from cpg_infra.config.names import Cloud
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.people import CPGInfrastructureUser
from cpg_infra.plan.access import Asset, AssetKind, Entitlement, Grant, Group, Principal, PrincipalKind
from cpg_infra.plan.builder import PlanBuilder
from cpg_infra.plan.owner import ORGANISATION_WIDE, Owner
from cpg_infra.plan.resource import DEFAULT_OPTIONS, Options, Resource
from cpg_infra.plan.roles import IN_WORDS, AccountRole, BucketRole, Role
from cpg_infra.plan.values import Ref, Text, Value

PROTECTED = Options(protect=True, retain=True)
"""For what holds data: the engine refuses to delete it, and leaves it when it leaves the plan."""


_HOLD_DATA: Final = frozenset({AssetKind.BUCKET, AssetKind.TABLES, AssetKind.TABLE})

SERVICE_TYPES: Final[Mapping[AssetKind, str]] = {
    AssetKind.HAIL_USER: 'cpg:hail:User',
    AssetKind.HAIL_BILLING_PROJECT: 'cpg:hail:BillingProject',
    AssetKind.METAMIST_PROJECT: 'cpg:metamist:Project',
}
"""What our own provider makes."""


class CloudInfrastructure(Lowering):
    """One dataset on one cloud."""

    cloud: ClassVar[Cloud]
    capabilities: ClassVar[Mapping[Capability, Expression]]
    roles: ClassVar[Mapping[Role, CloudRole]]
    on_paper: ClassVar[bool] = False
    """Whether nothing of it is ever deployed."""
    most_approvals: ClassVar[int] = 2
    """How many approvals the cloud can ask for before it."""

    def __init__(
        self,
        organisation: CPGInfrastructureConfig,
        dataset: CPGDatasetConfig,
        builder: PlanBuilder,
        state: CloudState,
    ) -> None:
        self.organisation = organisation
        self.dataset = dataset
        self.builder = builder
        self.state = state

    @classmethod
    def new_state(cls) -> CloudState:
        """What all datasets on this cloud will share in a new plan."""
        return CloudState()

    @classmethod
    def can(cls, capability: Capability) -> bool:
        """Whether the cloud expresses an intent at all, be it only nearly."""
        return cls.capabilities[capability].support is not Support.NONE

    @classmethod
    def expression(cls, capability: Capability, organisation: CPGInfrastructureConfig) -> Expression:  # noqa: ARG003 - Azure asks it
        """How the cloud expresses an intent for an organisation: some of it takes what an organisation may lack."""
        return cls.capabilities[capability]

    @property
    def longest_temporary_access(self) -> dt.timedelta:
        """How long the cloud lets one grant of temporary access last."""
        return dt.timedelta(days=7)

    @property
    def offers_temporary_access(self) -> bool:
        """Whether the organisation's account with this cloud includes temporary access for people."""
        return self.can(Capability.TEMPORARY_ACCESS)

    def diagnose(self, code: str, message: str, by: By, severity: Severity = Severity.ERROR) -> None:
        """Tell the configuration's reader something about what `by` asks for."""
        self.builder.diagnose(Diagnostic(code, message, by.origin, severity))

    # Names ------------------------------------------------------------------------------------------------

    def logical(self, key: str) -> str:
        """The logical name of the thing `key` of this dataset: `<dataset>-<cloud>-<key>`.

        A key that begins with the dataset's name loses it: these names are an interface to existing stacks.
        """
        return f'{self.dataset.dataset}-{self.cloud.value}-{key.removeprefix(self.dataset.dataset + "-")}'

    # Principals -------------------------------------------------------------------------------------------

    def person(self, user: CPGInfrastructureUser) -> Principal | None:
        """The account of a person on this cloud, None when there is none."""
        account = user.clouds.get(self.cloud.value)
        return self.account(account.id) if account is not None else None

    def account(self, address: str) -> Principal:
        """An account, named by its address in the configuration; it may be that of a person whom we know."""
        address = address.lower()
        return self.builder.principal(self._people.get(address) or self._principal(address))

    def find_account(self, address: str, by: By) -> Principal | None:
        """The same, if this cloud can have an account of this address; else None, and a remark says so."""
        if self.has_account(address):
            return self.account(address)
        here_only = by.origin[0] == 'dataset' and len(self.dataset.clouds) == 1
        severity = Severity.WARNING if here_only else Severity.INFO
        message = f'{address} is no account on {self.cloud}, and is let in nowhere there'
        self.diagnose('account-elsewhere', message, by, severity)
        return None

    @property
    def _people(self) -> Mapping[str, Principal]:
        """By address. Of two users with one address the one with a name on Hail Batch counts, else the first."""
        people = self.state.people
        if not people:
            for user in sorted(self.organisation.users.values(), key=lambda user: user.id):
                account = user.clouds.get(self.cloud.value)
                if account is not None:
                    address, hail_username = account.id.lower(), account.hail_batch_username
                    if address not in people or (people[address].hail_username is None and hail_username is not None):
                        people[address] = self._principal(address, user.id, hail_username)
        return people

    def _principal(self, address: str, user: str | None = None, hail_username: str | None = None) -> Principal:
        kind = self.kind_of_address(address, is_user=user is not None)
        return Principal(f'{self.cloud.value}:{kind.value}:{address}', kind, self.cloud, address, user, hail_username)

    def group_principal(self, name: str) -> Principal:
        """The group `name` (without prefix) as a principal."""
        return self.builder.principal(
            Principal(f'{self.cloud.value}:group:{name}', PrincipalKind.GROUP, self.cloud, self.group_address(name)),
        )

    def existing_group_principal(self, identifier: str) -> Principal:
        """A group that was made by hand, as a principal."""
        return self.builder.principal(
            Principal(f'{self.cloud.value}:group:{identifier}', PrincipalKind.GROUP, self.cloud, identifier),
        )

    # Projects and budgets ---------------------------------------------------------------------------------

    def _by(self, component: str, *steps: str) -> By:
        name = self.dataset.dataset
        return By(Owner(name, self.cloud, component), dataset_path(name, *steps))

    @property
    def place(self) -> tuple[str, ...]:
        """The steps to the value because of which the dataset is on this cloud: its section, else the list of clouds.

        The common dataset may stand for the organisation on a cloud where it is not itself.
        """
        cloud = self.cloud.value
        if getattr(self.dataset, cloud, None) is not None:
            return (cloud,)
        return ('deploy_locations', cloud) if cloud in self.dataset.deploy_locations else ('deploy_locations',)

    @cached_property
    def project(self) -> Project:
        """The dataset's project; made on first use."""
        return self._project('project', self.project_name, self._by('project', *self.place))

    @cached_property
    def shared_project(self) -> Project:
        """The project whose budget outside readers of the release bucket use; made on first use."""
        by = self._by('shared-project', 'enable_shared_project')
        return self._project('shared-project', f'{self.project_name}-shared', by)

    def _project(self, key: str, name: str, by: By) -> Project:
        asset = self._asset(AssetKind.PROJECT, name, by, holds_data=True)
        logical = self.state.resource_of[asset.key] = self.logical(key)
        project = Project(asset.key, self.cloud, name, logical)
        self._lower_project(project, by)
        return project

    def existing_project(self, name: str, by: By) -> Project:
        """A project that exists without us."""
        key = self._existing(AssetKind.PROJECT, name, by)
        return Project(key, self.cloud, name, self.state.resource_of.get(key))

    def budget(self, key: str, project: Project, budget: Budget, thresholds: tuple[float, ...], by: By) -> None:
        """Watch what `project` costs; `thresholds` are shares of the amount.

        Where the configuration lacks what the cloud needs for that, a warning says so.
        """
        if (obstacle := self.budget_obstacle) is not None:
            self.diagnose('no-budget', obstacle, by, Severity.WARNING)
            return
        asset = self._asset(AssetKind.BUDGET, f'{project.name}/{key}', by, within=project.asset)
        self._lower_budget(asset, key, project, budget, thresholds, by)

    # Storage ----------------------------------------------------------------------------------------------

    def bucket(self, key: str, profile: BucketProfile, by: By) -> Bucket:
        """A bucket of the dataset, for example `main`."""
        return self._bucket(key, self.bucket_name(key, profile), profile, by)

    def organisation_bucket(self, key: str, profile: BucketProfile, by: By) -> Bucket:
        """A bucket of the organisation, for example that of the members caches."""
        # With a prefix the logical name carries it, as deployed.
        return self._bucket(f'{self.storage_prefix}{key}', self.organisation_bucket_name(key, profile), profile, by)

    def _bucket(self, key: str, name: str, profile: BucketProfile, by: By) -> Bucket:
        address = self.bucket_address(name)
        asset = self._asset(AssetKind.BUCKET, name, by, address=address, within=self.project.asset, holds_data=True)
        logical = self.state.resource_of[asset.key] = self.logical(f'{key}-bucket')
        bucket = Bucket(asset.key, self.cloud, name, logical, address)
        self._lower_bucket(bucket, profile, by)
        return bucket

    def existing_bucket(self, name: str, by: By) -> Bucket:
        """A bucket that exists without us."""
        address = self.bucket_address(name)
        key = self._existing(AssetKind.BUCKET, name, by, address)
        return Bucket(key, self.cloud, name, self.state.resource_of.get(key), address)

    def blob(self, logical: str, bucket: Bucket, path: str, content: Text, by: By) -> None:
        """An object at `path` in `bucket`, with text in it."""
        asset = self._asset(AssetKind.BLOB, f'{bucket.name}/{path}', by, f'{bucket.address}/{path}', bucket.asset)
        self._lower_blob(asset, logical, bucket, path, content, by)

    def cache_blob_name(self, group: str) -> str:
        """The logical name of the members cache of a group."""
        return f'{group}-{self.cloud.value}-group-cache-members'

    def bare_name(self, name: str) -> str:
        """A name with neither dataset nor cloud in it: bare on Google Cloud, as deployed, and told apart elsewhere."""
        return f'{self.cloud.value}-{name}'

    def output(self, name: str, value: Value) -> None:
        """A stack output."""
        self.builder.output(self.bare_name(name), value)

    # Machine accounts and secrets -------------------------------------------------------------------------

    def machine_account(
        self,
        identifier: str,
        by: By,
        *,
        project: Project | None = None,
        logical: str | None = None,
        description: str | None = None,
        display_name: str | None = None,
        adopt: bool = True,
    ) -> MachineAccount:
        """An identity for programs, in the dataset's project unless another is named.

        With `adopt` an account of that name that is there already becomes this one; without, it is an error.
        """
        project = project or self.project
        name = self.account_name(identifier, project)
        logical = logical or self.logical(f'service-account-{identifier}')
        asset = self._asset(AssetKind.MACHINE_ACCOUNT, name, by, within=project.asset)
        principal = self.builder.principal(
            Principal(
                f'{self.cloud.value}:machine:{name}',
                PrincipalKind.MACHINE,
                self.cloud,
                self.account_address(name, logical),
            ),
        )
        self.state.made_by[principal.key] = logical
        account = MachineAccount(asset.key, self.cloud, identifier, logical, principal, project.name)
        self._lower_machine_account(account, project, description, display_name, by, adopt=adopt)
        return account

    def account_key(self, key: str, account: MachineAccount, by: By) -> AccountKey:
        """A downloadable key of a machine account."""
        asset = self._asset(AssetKind.ACCOUNT_KEY, f'{account.project}/{account.name}/{key}', by, within=account.asset)
        logical = self.logical(key)
        handle = AccountKey(asset.key, self.cloud, key, logical, self._private_key(logical))
        self._lower_account_key(handle, account, by)
        return handle

    def secret(self, key: str, name: str, by: By, *, project: str | None = None) -> Secret:
        """A named secret, in the dataset's project unless another is named."""
        project = project or self.project.name
        asset = self._asset(AssetKind.SECRET, f'{project}/{name}', by)
        logical = self.state.resource_of[asset.key] = self.logical(key)
        secret = Secret(asset.key, self.cloud, name, logical, project)
        self._lower_secret(secret, by)
        return secret

    def existing_secret(self, name: str, project: str, by: By) -> Secret:
        """A secret that exists without us."""
        key = self._existing(AssetKind.SECRET, f'{project}/{name}', by)
        return Secret(key, self.cloud, name, self.state.resource_of.get(key), project)

    def secret_version(self, key: str, secret: Secret, content: Text, by: By) -> None:
        """The value of a secret."""
        asset = self._asset(AssetKind.SECRET_VERSION, f'{secret.project}/{secret.name}/latest', by, within=secret.asset)
        self._lower_secret_version(asset, key, secret, content, by)

    # Registries and services ------------------------------------------------------------------------------

    def registry(
        self,
        name: str,
        format_: RegistryFormat,
        by: By,
        *,
        logical: str | None = None,
        region: str | None = None,
        description: str | None = None,
    ) -> Registry:
        """A registry in the dataset's project."""
        region = region or self.region
        place = f'{self.project.name}/{region}/{name}'
        asset = self._asset(AssetKind.REGISTRY, place, by, within=self.project.asset, holds_data=True)
        logical = self.state.resource_of[asset.key] = logical or self.logical(f'artifact-registry-{name}')
        registry = Registry(asset.key, self.cloud, name, logical, self.project.name, region)
        self._lower_registry(registry, format_, description, by)
        return registry

    def existing_registry(self, name: str, project: str, region: str, by: By, *, label: str | None = None) -> Registry:
        """A registry that exists without us."""
        key = self._existing(AssetKind.REGISTRY, f'{project}/{region}/{name}', by)
        return Registry(key, self.cloud, name, self.state.resource_of.get(key), project, region, label=label)

    def existing_service(self, name: str, project: str, region: str, by: By) -> Service:
        """A service that somebody else runs."""
        key = self._existing(AssetKind.SERVICE, f'{project}/{region}/{name}', by)
        return Service(key, self.cloud, name, None, project, region)

    # Groups -----------------------------------------------------------------------------------------------

    def own_group_principal(self, name: str) -> Principal:
        """A group that we make, as a principal: what names it from now on comes after it."""
        principal = self.group_principal(name)
        # With a prefix the logical name carries it, as deployed.
        self.state.made_by[principal.key] = self.logical(f'{self.organisation.group_prefix or ""}{name}-group')
        return principal

    def group(self, group: Group, principal: Principal, by: By) -> None:
        """Make a group. Its members come with `group_members`, once they are all known."""
        self.builder.group(group)
        self._lower_group(group, principal, self.state.made_by[principal.key], by)

    def group_members(self, group: Group, principal: Principal, members: Iterable[Principal], by: By) -> None:
        """Say who is in a group that we make. The memberships themselves are in the plan already."""
        self._lower_group_members(group, principal, tuple(members), by)

    # Access -----------------------------------------------------------------------------------------------

    def grant(self, principal: Principal, role: Role, target: GrantTarget, by: By) -> None:
        """Let `principal` do on `target` what `role` allows. Saying it twice is saying it once.

        A role that the cloud does not have is an error of the plan, at the value that asked for it.
        """
        if role not in self.roles:
            self.diagnose('not-expressible', f'{self.cloud} has no role to {IN_WORDS[role]} {target.name}', by)
            return
        granted = self.state.granted.get((target.asset, role))
        if granted is None:
            granted = self.state.granted[target.asset, role] = GrantedRole(target, role)
        elif principal.key in granted.holders:
            return
        key = f'{target.asset}|{role.value}|{principal.key}'
        grant = self.builder.grant(Grant(key, principal.key, role, target.asset, by.owner, by.origin))
        granted.holders[principal.key] = (grant, principal)

    def temporary_access(self, key: str, group: Principal, bucket: Bucket, terms: TemporaryAccess, by: By) -> None:
        """Let the members of `group` ask for reading `bucket` for a while, as long as the cloud allows at most.

        Where the cloud cannot ask for as many approvals, or the configuration lacks what it needs for these terms, a
        warning says so.
        """
        if terms.approvers and terms.approvals > self.most_approvals:
            message = f'{terms.approvals} approvals are not possible on {self.cloud}: it asks for {self.most_approvals}'
            self.diagnose('not-expressible', message, by, Severity.WARNING)
        terms = replace(
            terms,
            max_duration=min(terms.max_duration, self.longest_temporary_access),
            approvals=min(terms.approvals, self.most_approvals),
        )
        if (obstacle := self.temporary_access_obstacle(terms)) is not None:
            self.diagnose('no-temporary-access', obstacle, by, Severity.WARNING)
            return
        entitlement = self.builder.entitlement(
            Entitlement(
                f'{bucket.asset}|temporary|{group.key}',
                group.key,
                BucketRole.READ,
                bucket.asset,
                by.owner,
                by.origin,
                terms.max_duration,
                terms.approvers,
                terms.approvals if terms.approvers else 0,
            ),
        )
        self._lower_temporary_access(entitlement, key, group, bucket, terms, by)

    # Hail Batch -------------------------------------------------------------------------------------------

    def service_type(self, kind: AssetKind) -> str:
        """The type token of a resource of Hail Batch or metamist."""
        return SERVICE_TYPES[kind]

    def hail_identity(self, logical: str, username: str) -> Text:
        """The identity that the jobs of a Hail Batch user run as: known only after creation."""
        return Ref(logical, 'identity')

    def hail_user(self, key: str, username: str, auth_url: str, by: By) -> HailUser:
        """A Hail Batch user."""
        logical = self.logical(key)
        asset = self._asset(AssetKind.HAIL_USER, username, by)
        principal = self.builder.principal(
            Principal(
                f'{self.cloud.value}:hail:{username}',
                PrincipalKind.MACHINE,
                self.cloud,
                self.hail_identity(logical, username),
                hail_username=username,
            ),
        )
        self.state.made_by[principal.key] = logical
        self._resource(
            logical,
            self.service_type(AssetKind.HAIL_USER),
            f'{self.cloud.value}/{username}',
            {'username': username, 'url': auth_url, 'cloud': self.cloud.value},
            by,
            asset.key,
            options=Options(retain=True),
        )
        return HailUser(asset.key, self.cloud, username, logical, principal)

    def existing_hail_user(self, username: str) -> Principal:
        """A Hail Batch user that exists without us; we know its name there and not the identity of its jobs."""
        key = f'{self.cloud.value}:hail:{username}'
        return self.builder.principal(
            Principal(key, PrincipalKind.MACHINE, self.cloud, username, hail_username=username),
        )

    def federate(self, account: MachineAccount, key: str, issuer: str, subject: str, by: By) -> None:
        """Let a program elsewhere come in as `account`: whoever `issuer` calls exactly `subject`. It needs no key.

        There is no policy that says so: the credential itself is the grant.
        """
        if not self.can(Capability.FEDERATION):
            self.diagnose('not-expressible', f'{self.cloud}: {self.capabilities[Capability.FEDERATION].by}', by)
            return
        asset = self._asset(AssetKind.FEDERATION, f'{account.asset.split(":", 2)[2]}/{key}', by, within=account.asset)
        program = self.builder.principal(program_elsewhere(self.cloud, issuer, subject))
        role = AccountRole.COME_IN_AS
        grant_key = f'{account.asset}|{role.value}|{program.key}'
        grant = self.builder.grant(Grant(grant_key, program.key, role, account.asset, by.owner, by.origin))
        self._lower_federation(asset, grant, account, key, issuer, subject, by)

    # Raw resources ----------------------------------------------------------------------------------------

    def raw(  # noqa: PLR0913 - what a resource is made of
        self,
        logical: str,
        type_: str,
        physical: str,
        inputs: Mapping[str, Value],
        by: By,
        *,
        kind: AssetKind = AssetKind.RAW,
        within: str | None = None,
        depends_on: Iterable[str] = (),
        options: Options | None = None,
    ) -> Resource:
        """A resource that the abstraction has no word for, given by its type token. For plugins.

        With a `kind` the thing is known as one of that kind: roles can be granted on it, by a handle whose asset is
        the first intent of the resource. `within` is the key of the asset that it lies in.
        """
        name = f'{type_}:{physical}' if kind is AssetKind.RAW else physical
        asset = self._asset(kind, name, by, within=within, holds_data=kind in _HOLD_DATA)
        self.state.resource_of[asset.key] = logical
        return self._resource(logical, type_, physical, inputs, by, asset.key, depends_on=depends_on, options=options)

    def existing(self, kind: AssetKind, name: str, by: By, within: str | None = None) -> tuple[str, str | None]:
        """A thing that may exist without us: the key of its asset, and the resource that makes it if one does.

        `within` is the key of the asset that it lies in.
        """
        key = self._existing(kind, name, by, within=within)
        return key, self.state.resource_of.get(key)

    # What the halves share --------------------------------------------------------------------------------

    def _asset(
        self,
        kind: AssetKind,
        name: str,
        by: By,
        address: str | None = None,
        within: str | None = None,
        *,
        holds_data: bool = False,
    ) -> Asset:
        key = f'{self.cloud.value}:{kind.value}:{name}'
        self.state.owner_of[key] = by.owner
        return self.builder.asset(
            Asset(key, kind, self.cloud, name, by.owner, by.origin, address, within, holds_data=holds_data),
        )

    def _existing(
        self, kind: AssetKind, name: str, by: By, address: str | None = None, within: str | None = None
    ) -> str:
        key = f'{self.cloud.value}:{kind.value}:{name}'
        if key not in self.state.owner_of:
            owner = Owner(ORGANISATION_WIDE, self.cloud, by.owner.component)
            self.builder.asset(Asset(key, kind, self.cloud, name, owner, by.origin, address, within, managed=False))
        return key

    def _resource(
        self,
        logical: str,
        type_: str,
        physical: str,
        inputs: Mapping[str, Value],
        by: By,
        *intents: str,
        depends_on: Iterable[str | None] = (),
        options: Options | None = None,
        provider: str | None = None,
    ) -> Resource:
        needed = tuple(sorted({name for name in depends_on if name}))
        return self.builder.resource(
            Resource(logical, type_, physical, inputs, by.owner, intents, needed, options or DEFAULT_OPTIONS, provider),
        )

    def _made(self, *principals: Principal) -> set[str | None]:
        """The logical names of what makes these principals, for ordering."""
        return {self.state.made_by.get(principal.key) for principal in principals}
