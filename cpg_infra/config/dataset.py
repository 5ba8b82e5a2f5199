"""`CPGDatasetConfig`: one dataset.

The model checks shape, types and unknown keys only, so that a dataset with empty budgets constructs;
what needs more than one value is checked where the whole is put together (`cpg_infra.config.whole`).
"""

from __future__ import annotations

from pydantic import Field

from cpg_infra.config.base import FrozenDict, FrozenMap, Model, resolve_nested
from cpg_infra.config.names import Cloud, CloudName, CPGDatasetComponents, DatasetName, NonEmpty, PeopleGroup, UserId
from cpg_infra.config.people import DatasetMember


class CPGDatasetConfig(Model):
    """One dataset: where it lies, what it is made of, who is in it."""

    class Gcp(Model):
        """The dataset on Google Cloud."""

        project: NonEmpty = Field(description='Id of the dataset’s project.')
        region: str | None = Field(default=None, description='Region of its buckets, registries and keys.')
        hail_service_account_dataset_name_override: str | None = Field(
            default=None,
            description='Stands for the dataset’s name in the names of its Hail Batch users.',
        )

    class Azure(Model):
        """The dataset on Azure."""

        class Federation(Model):
            """A program elsewhere that may become an account of the dataset, without a key."""

            name: NonEmpty = Field(description='Names the credential; it cannot be renamed.')
            issuer: NonEmpty = Field(description='Address of the OpenID Connect issuer that vouches for the program.')
            subject: NonEmpty = Field(description='What the issuer calls the program, exactly; there are no wildcards.')

        region: str | None = Field(default=None, description='Region of its storage accounts and registries.')
        subscription: str | None = Field(
            default=None,
            description='Id of a subscription that everything of the dataset is in, instead of that of the organisation. '
            'It must exist. Moving a dataset means making it anew.',
            pattern=r'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
        )
        temporary_access_policy: str | None = Field(
            default=None,
            description='GUID of the role management policy of Storage Blob Data Reader on the main container. Azure makes '
            'it with the container; it is needed for approvals, and for access that need not be renewed every year.',
            pattern=r'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
        )
        upload_federations: tuple[CPGDatasetConfig.Azure.Federation, ...] = Field(
            default=(),
            description='Programs that upload as the account `main-upload`; on Azure it has no keys.',
        )

    class Budget(Model):
        """What the dataset may cost on one cloud."""

        monthly_budget: int = Field(description='Budget of a month, in whole units of the currency.')
        shared_total_budget: int | None = Field(
            default=None,
            description='Budget of the shared project over its life, in whole units of the currency.',
        )
        currency: str | None = Field(default=None, description='Replaces the organisation’s `budget_currency`.')
        hail_billing_limit: float | None = Field(
            default=None,
            ge=0,
            description='Limit of the Hail Batch billing project, in US dollars.',
        )

    class UploadConfig(Model):
        """How files come into the dataset."""

        class DefaultUploadBucketConfig(Model):
            """The bucket `main-upload`."""

            uploaders: tuple[UserId, ...] | None = Field(default=None, description='User ids that may write.')

        class AdditionalUploadBucketConfig(Model):
            """A further bucket `main-upload-<name>`."""

            name: NonEmpty = Field(description='Ends the name of the bucket.')
            uploaders: tuple[UserId, ...] | None = Field(default=None, description='User ids that may write.')

        class UploadDropboxConfig(Model):
            """A place in the dropbox service, with a bucket `main-upload-db-<id>`."""

            id: NonEmpty = Field(description='Ends the name of the bucket; unique in the organisation.')
            name: str = Field(description='What uploaders see.')
            allowed_filetypes: tuple[str, ...] = Field(description='File name endings that are accepted.')
            uploaders: tuple[UserId, ...] = Field(description='User ids that may upload through the service.')
            max_concurrent_files: int | None = Field(default=None, description='Files in one upload at a time.')
            description: str | None = Field(default=None, description='What uploaders are told.')
            max_file_size: str | None = Field(default=None, description='Largest file, for example `200GB`.')
            move_to_bucket: str | None = Field(
                default=None,
                description='Where finished files go: `default`, or the name of an additional bucket.',
            )
            slack_notification_channel_id: str | None = Field(
                default=None,
                description='Channel that hears about uploads.',
            )

        default_bucket: CPGDatasetConfig.UploadConfig.DefaultUploadBucketConfig | None = Field(
            default=None,
            description='The bucket `main-upload`.',
        )
        additional_buckets: tuple[CPGDatasetConfig.UploadConfig.AdditionalUploadBucketConfig, ...] = Field(
            default=(),
            description='Further buckets `main-upload-<name>`.',
        )
        dropboxes: tuple[CPGDatasetConfig.UploadConfig.UploadDropboxConfig, ...] = Field(
            default=(),
            description='Places in the dropbox service.',
        )

    dataset: DatasetName = Field(description='Name of the dataset.')
    budgets: FrozenDict[CloudName, CPGDatasetConfig.Budget] = Field(description='What it may cost, per cloud.')
    gcp: CPGDatasetConfig.Gcp | None = Field(
        default=None,
        description='The dataset on Google Cloud; required when it is deployed there.',
    )
    azure: CPGDatasetConfig.Azure | None = Field(default=None, description='The dataset on Azure.')
    setup_test: bool = Field(default=True, description='Whether it has a test namespace.')
    deployment_service_account_test: str | None = Field(
        default=None,
        description='Address of a further account of the level `test`.',
    )
    deployment_service_account_standard: str | None = Field(
        default=None,
        description='Address of a further account of the level `standard`.',
    )
    deployment_service_account_full: str | None = Field(
        default=None,
        description='Address of a further account of the level `full`.',
    )
    create_container_registry: bool = Field(default=False, description='Whether it has registries of its own.')
    deploy_locations: tuple[CloudName, ...] = Field(default=('gcp',), description='The clouds it is deployed to.')
    is_internal_dataset: bool = Field(
        default=False,
        description='Let chosen developers see its Dataproc logs and Hail Batch project.',
    )
    enable_release: bool = Field(default=False, description='Whether it has a release bucket.')
    enable_shared_project: bool = Field(
        default=False,
        description='Whether it has a second project whose budget outside readers of the release bucket use.',
    )
    enable_metamist_project: bool = Field(default=True, description='Whether it has a metamist project.')
    allow_notebook_tmp_main_read: bool = Field(
        default=False,
        description='Let its notebooks ask for temporary read access to main buckets.',
    )
    depends_on: tuple[DatasetName, ...] = Field(default=(), description='Datasets that its people and jobs may use.')
    depends_on_readonly: tuple[DatasetName, ...] = Field(
        default=(),
        description='Datasets that its people and jobs may read.',
    )
    sm_read_only_sas: tuple[str, ...] = Field(
        default=(),
        description='Addresses of further accounts that read its metamist project.',
    )
    sm_read_write_sas: tuple[str, ...] = Field(
        default=(),
        description='Addresses of further accounts that read and write its metamist project.',
    )
    archive_age: int = Field(
        default=0, ge=0, description='Days until objects in the archive bucket move to cold storage.'
    )
    autoclass: bool = Field(default=True, description='Let the cloud choose storage classes by use.')
    components: FrozenDict[CloudName, tuple[CPGDatasetComponents, ...]] = Field(
        default=FrozenMap(),
        description='What it is made of, per cloud; a cloud that is not named gets its default components.',
    )
    members: FrozenDict[PeopleGroup, tuple[DatasetMember, ...]] = Field(
        default=FrozenMap(),
        description='The people in its groups.',
    )
    upload_config: CPGDatasetConfig.UploadConfig | None = Field(
        default=None,
        description='How files come into the dataset.',
    )

    def components_on(self, cloud: Cloud) -> frozenset[CPGDatasetComponents]:
        """The components it has on `cloud`: those it names, else the defaults of the cloud."""
        named = self.components.get(cloud.value)
        return CPGDatasetComponents.default_for(cloud) if named is None else frozenset(named)

    @property
    def clouds(self) -> tuple[Cloud, ...]:
        """The clouds it is deployed to, in canonical order and without duplicates."""
        return tuple(cloud for cloud in Cloud if cloud.value in self.deploy_locations)


resolve_nested(CPGDatasetConfig)
