"""The dry run: a cloud that exists on paper only.

It needs no section of the configuration, no account and no provider. Its resources have neutral types,
`dry-run:<kind>`, and the engine never registers them; they show what a dataset would be made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cpg_infra.abstraction.base import CloudInfrastructure
from cpg_infra.abstraction.capability import Capability, Expression, exact
from cpg_infra.abstraction.handles import AccountKey, Bucket, By, MachineAccount, Project, Registry, Secret
from cpg_infra.abstraction.roles import CloudRole
from cpg_infra.abstraction.specification import (
    BucketProfile,
    Budget,
    CloudService,
    MonthlyBudget,
    RegistryFormat,
    TemporaryAccess,
    in_words,
)
from cpg_infra.config.names import Cloud
from cpg_infra.config.people import CPGInfrastructureUser
from cpg_infra.plan.access import Asset, AssetKind, Entitlement, Grant, Group, Principal, PrincipalKind
from cpg_infra.plan.resource import Options
from cpg_infra.plan.roles import IN_WORDS, Role
from cpg_infra.plan.values import Ref, Text, Value

PREFIX = 'dry-run:'
"""Begins the type of every resource of a dry run."""


class DryRunInfrastructure(CloudInfrastructure):
    """One dataset on paper."""

    cloud = Cloud.DRY_RUN
    on_paper = True
    capabilities: ClassVar[Mapping[Capability, Expression]] = {
        capability: exact('written down only') for capability in Capability
    }
    roles: ClassVar[Mapping[Role, CloudRole]] = {role: CloudRole(role.value) for role in IN_WORDS}

    @property
    def region(self) -> str:
        """Nowhere."""
        return 'dry-run'

    @property
    def organisation_region(self) -> str:
        """Nowhere."""
        return 'dry-run'

    @property
    def storage_prefix(self) -> str:
        """The prefix of the first cloud that has one."""
        section = self.organisation.gcp or self.organisation.azure
        return section.dataset_storage_prefix if section else ''

    @property
    def project_name(self) -> str:
        """The name of the dataset."""
        return self.dataset.dataset

    def group_address(self, name: str) -> str:
        """The name of the group with its prefix."""
        return f'{self.organisation.group_prefix or ""}{name}@{Cloud.DRY_RUN.value}'

    def bucket_name(self, key: str, profile: BucketProfile) -> str:
        """`<prefix><dataset>-<key>`."""
        return f'{self.storage_prefix}{self.dataset.dataset}-{key}'

    def organisation_bucket_name(self, key: str, profile: BucketProfile) -> str:
        """`<prefix><key>`."""
        return f'{self.storage_prefix}{key}'

    def bucket_address(self, name: str) -> str:
        """`dry-run://<name>`."""
        return f'dry-run://{name}'

    @classmethod
    def located(cls, address: str) -> tuple[str, str]:
        """On paper every address is one, whatever cloud it is on."""
        bucket, _, path = address.rpartition('://')[2].partition('/')
        return bucket, path

    @property
    def config_bucket_name(self) -> str:
        """The one of the first cloud that has one."""
        section = self.organisation.gcp or self.organisation.azure
        return section.config_bucket_name if section else self.located(self.organisation.config_destination)[0]

    def account_name(self, identifier: str, project: Project) -> str:
        """`<identifier>@<project>.dry-run`."""
        return f'{identifier}@{project.name}.dry-run'

    def account_address(self, name: str, logical: str) -> str:
        """The same as its name."""
        return name

    def account_id(self, account: MachineAccount) -> Text:
        """The same as its address."""
        return account.principal.address

    def has_account(self, address: str) -> bool:
        """Every address may be one."""
        return True

    def kind_of_address(self, address: str, *, is_user: bool) -> PrincipalKind:
        """Whether the domain has a machine's look on any cloud."""
        machine = address.endswith(('.gserviceaccount.com', '.dry-run'))
        return PrincipalKind.MACHINE if machine else PrincipalKind.PERSON

    def person(self, user: CPGInfrastructureUser) -> Principal | None:
        """On paper everybody has an account, named by the user id."""
        account = user.clouds.get(self.cloud.value)
        if account is not None:
            return super().person(user)
        hail = next((other.hail_batch_username for other in user.clouds.values() if other.hail_batch_username), None)
        address = f'{user.id}@dry-run'.lower()
        return self.builder.principal(
            Principal(f'{self.cloud.value}:person:{address}', PrincipalKind.PERSON, self.cloud, address, user.id, hail),
        )

    def require(self, service: CloudService) -> tuple[str, ...]:
        """Paper needs no enabling."""
        return ()

    def service_type(self, kind: AssetKind) -> str:
        """On paper too: a dry run makes no user and no project of a real service."""
        return f'{PREFIX}{kind.value}'

    def hail_identity(self, logical: str, username: str) -> Text:
        """`<username>@hail.dry-run`."""
        return f'{username}@hail.{Cloud.DRY_RUN.value}'

    def output(self, name: str, value: Value) -> None:
        """A stack says nothing of what does not exist."""

    def _write(
        self,
        kind: str,
        logical: str | None,
        physical: Text,
        inputs: Mapping[str, Value],
        by: By,
        *intents: str,
    ) -> None:
        self._resource(str(logical), f'{PREFIX}{kind}', str(physical), inputs, by, *intents)

    def _lower_project(self, project: Project, by: By) -> None:
        self._write('project', project.resource, project.name, {}, by, project.asset)

    def _lower_budget(
        self,
        asset: Asset,
        key: str,
        project: Project,
        budget: Budget,
        thresholds: tuple[float, ...],
        by: By,
    ) -> None:
        inputs: dict[str, Value] = {
            'project': project.name,
            'amount': budget.money.amount,
            'currency': budget.money.currency,
            'period': 'month' if isinstance(budget, MonthlyBudget) else f'from {budget.start.isoformat()}',
            'thresholds': list(thresholds),
        }
        self._write('budget', self.logical(key), f'{project.name} {key}', inputs, by, asset.key)

    def _lower_bucket(self, bucket: Bucket, profile: BucketProfile, by: By) -> None:
        inputs: dict[str, Value] = {
            'versions': profile.versions,
            'autoclass': profile.autoclass,
            'softDelete': profile.soft_delete,
            'requesterPays': profile.requester_pays,
            'lifecycle': [in_words(rule) for rule in profile.lifecycle],
        }
        self._write('bucket', bucket.resource, bucket.name, inputs, by, bucket.asset)

    def _lower_blob(self, asset: Asset, logical: str, bucket: Bucket, path: str, content: Text, by: By) -> None:
        self._write('blob', logical, f'{bucket.address}/{path}', {'content': content}, by, asset.key)

    def _lower_machine_account(
        self,
        account: MachineAccount,
        project: Project,
        description: str | None,
        display_name: str | None,
        by: By,
        *,
        adopt: bool,
    ) -> None:
        inputs: dict[str, Value] = {'project': project.name}
        if description is not None:
            inputs['description'] = description
        self._write('machine-account', account.resource, account.principal.address, inputs, by, account.asset)

    def _private_key(self, logical: str) -> Text:
        return Ref(logical, 'privateKey')

    def _lower_account_key(self, key: AccountKey, account: MachineAccount, by: By) -> None:
        inputs: dict[str, Value] = {'account': account.principal.address}
        self._write('account-key', key.resource, f'{account.principal.address} {key.name}', inputs, by, key.asset)

    def _lower_federation(
        self,
        asset: Asset,
        grant: Grant,
        account: MachineAccount,
        key: str,
        issuer: str,
        subject: str,
        by: By,
    ) -> None:
        inputs: dict[str, Value] = {'account': account.principal.address, 'issuer': issuer, 'subject': subject}
        self._write('federation', f'{account.resource}-{key}', asset.name, inputs, by, asset.key, grant.key)

    def _lower_secret(self, secret: Secret, by: By) -> None:
        self._write('secret', secret.resource, f'{secret.project}/{secret.name}', {}, by, secret.asset)

    def _lower_secret_version(self, asset: Asset, key: str, secret: Secret, content: Text, by: By) -> None:
        self._resource(
            self.logical(key),
            f'{PREFIX}secret-version',
            f'{secret.project}/{secret.name} latest',
            {'content': content},
            by,
            asset.key,
            options=Options(secret_inputs=('content',)),
        )

    def _lower_registry(
        self,
        registry: Registry,
        format_: RegistryFormat,
        description: str | None,
        by: By,
    ) -> None:
        inputs: dict[str, Value] = {'format': format_.value}
        if description is not None:
            inputs['description'] = description
        self._write('registry', registry.resource, f'{registry.project}/{registry.name}', inputs, by, registry.asset)

    def _lower_group(self, group: Group, principal: Principal, logical: str, by: By) -> None:
        inputs: dict[str, Value] = {'description': group.description} if group.description is not None else {}
        self._write('group', logical, principal.address, inputs, by, group.key)

    def _lower_group_members(
        self,
        group: Group,
        principal: Principal,
        members: tuple[Principal, ...],
        by: By,
    ) -> None:
        if self.organisation.disable_group_memberships:
            return
        logical = f'{self.state.made_by[principal.key]}-members'
        inputs: dict[str, Value] = {'members': sorted(member.label for member in members)}
        memberships = sorted(f'{group.key}|{member.key}' for member in members)
        self._write('group-members', logical, principal.address, inputs, by, group.key, *memberships)

    def existing_group_members(self, logical: str, identifier: str, members: Mapping[str, Principal], by: By) -> None:
        """A list on paper."""
        if self.organisation.disable_group_memberships or not members:
            return
        inputs: dict[str, Value] = {'members': sorted(member.label for member in members.values())}
        self._write('group-members', logical, identifier, inputs, by, *sorted(members))

    def _lower_temporary_access(
        self,
        entitlement: Entitlement,
        key: str,
        group: Principal,
        bucket: Bucket,
        terms: TemporaryAccess,
        by: By,
    ) -> None:
        inputs: dict[str, Value] = {
            'group': group.address,
            'bucket': bucket.name,
            'maxDays': terms.max_duration.days,
            'approvers': list(terms.approvers),
        }
        self._write('temporary-access', self.logical(key), terms.identifier, inputs, by, entitlement.key)

    def lower_grants(self) -> None:
        """One entry per role on each thing."""
        for granted in self.state.granted.values():
            holders = [granted.holders[key] for key in sorted(granted.holders)]
            first = holders[0][0]
            target = granted.target
            by = By(self.state.owner_of.get(target.asset, first.owner), first.origin)
            begin = target.resource or f'{Cloud.DRY_RUN.value}-{target.name}'
            self._write(
                'grant',
                f'{begin}-{granted.role.value.replace(".", "-")}',
                f'{target.asset} {granted.role.value}',
                {'on': target.name, 'may': IN_WORDS[granted.role], 'who': [p.label for _, p in holders]},
                by,
                *(grant.key for grant, _ in holders),
            )
