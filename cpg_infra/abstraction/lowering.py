"""The half of the abstraction that each cloud writes for itself: names, and resources for intent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from cpg_infra.abstraction.handles import AccountKey, Bucket, By, MachineAccount, Project, Registry, Secret
from cpg_infra.abstraction.specification import (
    BucketProfile,
    Budget,
    CloudService,
    RegistryFormat,
    TemporaryAccess,
)
from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.plan.access import Asset, Entitlement, Grant, Group, Principal, PrincipalKind
from cpg_infra.plan.builder import PlanError
from cpg_infra.plan.values import Text


class Lowering(ABC):
    """What a cloud fills in. Nothing here writes intent: `CloudInfrastructure` has done so when it calls."""

    # Names ------------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def region(self) -> str:
        """The dataset's region."""

    @property
    @abstractmethod
    def organisation_region(self) -> str:
        """The organisation's region."""

    @property
    @abstractmethod
    def storage_prefix(self) -> str:
        """Begins the physical name of every bucket."""

    @property
    @abstractmethod
    def project_name(self) -> str:
        """The physical name of the dataset's project."""

    @abstractmethod
    def group_address(self, name: str) -> Text:
        """What the cloud calls the group `name` (without prefix)."""

    @abstractmethod
    def account_name(self, identifier: str, project: Project) -> str:
        """What people call a machine account; nothing else on the cloud is called so."""

    @abstractmethod
    def account_address(self, name: str, logical: str) -> Text:
        """What the cloud calls the machine account `name`, which the resource `logical` makes."""

    @abstractmethod
    def account_id(self, account: MachineAccount) -> Text:
        """The id of a machine account among the cloud's resources."""

    @abstractmethod
    def bucket_name(self, key: str, profile: BucketProfile) -> str:
        """The physical name of the dataset's bucket `key`; unique on the cloud."""

    @abstractmethod
    def organisation_bucket_name(self, key: str, profile: BucketProfile) -> str:
        """The physical name of the organisation's bucket `key`; unique on the cloud."""

    @abstractmethod
    def bucket_address(self, name: str) -> str:
        """How programs name a bucket."""

    @classmethod
    @abstractmethod
    def located(cls, address: str) -> tuple[str, str] | None:
        """The bucket and the path of an address on this cloud; None for an address elsewhere."""

    @property
    @abstractmethod
    def config_bucket_name(self) -> str | None:
        """The bucket of the deployed configuration, None when the cloud has none. It exists without us."""

    @property
    def upload_federations(self) -> tuple[CPGDatasetConfig.Azure.Federation, ...]:
        """The programs that upload without a key, as the dataset's section of this cloud names them."""
        return ()

    @property
    def budget_obstacle(self) -> str | None:
        """Why no budget can be made here, None when nothing stands in the way."""
        return None

    def temporary_access_obstacle(self, terms: TemporaryAccess) -> str | None:
        """Why temporary access on these terms cannot be given here yet, None when nothing stands in the way."""
        return None

    @abstractmethod
    def has_account(self, address: str) -> bool:
        """Whether an address of the configuration can be that of an account on this cloud."""

    @abstractmethod
    def kind_of_address(self, address: str, *, is_user: bool) -> PrincipalKind:
        """Whether an address is that of a program or of a person; `is_user` when a user has it."""

    @abstractmethod
    def _private_key(self, logical: str) -> Text:
        """The text of the key that the resource `logical` makes."""

    # Resources --------------------------------------------------------------------------------------------

    @abstractmethod
    def require(self, service: CloudService) -> tuple[str, ...]:
        """Make sure that `service` is enabled in the dataset's project.

        Returns the logical names of what anything that uses it must come after.
        """

    @abstractmethod
    def existing_group_members(self, logical: str, identifier: str, members: Mapping[str, Principal], by: By) -> None:
        """Add members to a group that was made by hand: `members` maps membership keys to principals."""

    @abstractmethod
    def lower_grants(self) -> None:
        """Write every policy of this cloud. Called once, when nothing more will be granted."""

    @abstractmethod
    def _lower_project(self, project: Project, by: By) -> None: ...

    @abstractmethod
    def _lower_budget(
        self,
        asset: Asset,
        key: str,
        project: Project,
        budget: Budget,
        thresholds: tuple[float, ...],
        by: By,
    ) -> None: ...

    @abstractmethod
    def _lower_bucket(self, bucket: Bucket, profile: BucketProfile, by: By) -> None: ...

    @abstractmethod
    def _lower_blob(self, asset: Asset, logical: str, bucket: Bucket, path: str, content: Text, by: By) -> None: ...

    @abstractmethod
    def _lower_machine_account(
        self,
        account: MachineAccount,
        project: Project,
        description: str | None,
        display_name: str | None,
        by: By,
        *,
        adopt: bool,
    ) -> None: ...

    @abstractmethod
    def _lower_account_key(self, key: AccountKey, account: MachineAccount, by: By) -> None: ...

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
        """Asked for only where the cloud has the capability."""
        raise PlanError(f'{asset.key}: this cloud does not federate')

    @abstractmethod
    def _lower_secret(self, secret: Secret, by: By) -> None: ...

    @abstractmethod
    def _lower_secret_version(self, asset: Asset, key: str, secret: Secret, content: Text, by: By) -> None: ...

    @abstractmethod
    def _lower_registry(
        self,
        registry: Registry,
        format_: RegistryFormat,
        description: str | None,
        by: By,
    ) -> None: ...

    @abstractmethod
    def _lower_group(self, group: Group, principal: Principal, logical: str, by: By) -> None: ...

    @abstractmethod
    def _lower_group_members(
        self,
        group: Group,
        principal: Principal,
        members: tuple[Principal, ...],
        by: By,
    ) -> None: ...

    @abstractmethod
    def _lower_temporary_access(
        self,
        entitlement: Entitlement,
        key: str,
        group: Principal,
        bucket: Bucket,
        terms: TemporaryAccess,
        by: By,
    ) -> None: ...
