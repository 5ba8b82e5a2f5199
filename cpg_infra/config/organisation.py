"""`CPGInfrastructureConfig`: what the whole organisation shares.

The model checks shape, types and unknown keys only. References, collisions and everything that needs a
second value is checked where the whole is put together (`cpg_infra.config.whole`).
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from cpg_infra.config.attached import INSIDE
from cpg_infra.config.base import FrozenDict, FrozenMap, Model, resolve_nested
from cpg_infra.config.github import GithubFederation
from cpg_infra.config.names import DatasetName, NonEmpty, UserId
from cpg_infra.config.people import CPGInfrastructureGroup, CPGInfrastructureUser

Thresholds = tuple[float, ...]


class CPGInfrastructureConfig(Model):
    """The organisation: its clouds, its people, its shared services."""

    class GCP(Model):
        """The organisation on Google Cloud."""

        customer_id: str = Field(description='Customer id of the Cloud Identity or Workspace account, `C…`.')
        region: str = Field(description='Region of everything that names no other, for example `australia-southeast1`.')
        groups_domain: str = Field(description='Domain of the groups that are made.')
        budget_notification_pubsub: str | None = Field(
            default=None,
            description='Pub/Sub topic that budgets notify (`projects/…/topics/…`). Without it budgets have no thresholds.',
        )
        config_bucket_name: str = Field(description='Bucket of the deployed configuration; it must exist.')
        dataset_storage_prefix: str = Field(description='Begins the name of every bucket: `<prefix><dataset>-main`.')
        allow_external_group_members: bool = Field(
            default=True,
            description='Let groups hold members from outside the domain. When false the setting is left alone.',
        )
        create_empty_groups: bool = Field(
            default=True,
            description='Create groups without an owner; when false the deploying account becomes their first owner.',
        )
        organization_id: str | None = Field(
            default=None,
            description='Number of the organisation. Without it the number is looked up by `domain` at deploy time.',
            pattern=r'^\d+$',
        )

    class Azure(Model):
        """The organisation on Azure."""

        class Guests(Model):
            """How people of other tenants become guests."""

            redirect_url: str = Field(
                description='Where they land after accepting the invitation, beginning with https://. A later change is '
                'for those who are invited then.',
                pattern=r'^https://\S+$',
            )

        region: str = Field(description='Region of everything that names no other, for example `australiaeast`.')
        subscription: str = Field(description='Subscription id.')
        tenant: str = Field(description='Tenant id.')
        dataset_storage_prefix: str = Field(description='Begins the name of every resource group and storage account.')
        config_bucket_name: str = Field(
            description='Container of the deployed configuration: its name, in the account of `config_destination`, '
            'or `<account>/<container>`. It must exist.',
        )
        config_resource_group: str | None = Field(
            default=None,
            description='Resource group of that storage account. Without it nobody is let in to read the configuration.',
        )
        budget_start: dt.date | None = Field(
            default=None,
            description='First of the month that budgets start from (YYYY-MM-01): the month of the first deployment. '
            'Without it no budgets are made.',
        )
        budget_contacts: tuple[str, ...] = Field(
            default=(),
            description='Addresses that budgets notify. Without any, budgets have no thresholds.',
        )
        premium_tenant: bool = Field(
            default=False,
            description='Whether the tenant has Entra ID P2 or ID Governance, which temporary access needs.',
        )
        domains: tuple[str, ...] = Field(
            default=(),
            description='Domains whose addresses are principal names of the tenant; people with other addresses are '
            'guests and found by mail. Without any, the `domain` of the organisation.',
        )
        invite_guests: CPGInfrastructureConfig.Azure.Guests | None = Field(
            default=None,
            description='Invite people whose addresses are not of the `domains`, once they are let in somewhere. Without '
            'it they must have been invited.',
        )
        strict_append: bool = Field(
            default=False,
            description='Whether those who may append can only add what is not there. Uploads in stages fail then, also '
            'of new files: all of Hail Batch, large ones of other programs.',
        )
        storage_sku: Literal['Standard_LRS', 'Standard_GRS', 'Standard_RAGRS'] = Field(
            default='Standard_LRS',
            description='Redundancy of the storage accounts; others have no archive tier.',
        )
        registry_sku: Literal['Basic', 'Standard', 'Premium'] = Field(
            default='Standard',
            description='Size of the container registries.',
        )

    class Hail(Model):
        """Hail Batch, the compute service that runs the datasets' jobs."""

        class GCP(Model):
            """Hail Batch on Google Cloud."""

            hail_batch_url: str = Field(description='Address of the batch service.')
            hail_auth_url: str = Field(description='Address of the auth service.')
            git_credentials_secret_name: str | None = Field(
                default=None,
                description='Secret with the credentials for checking out private repositories.',
            )
            git_credentials_secret_project: str | None = Field(
                default=None,
                description='Project of that secret; required together with its name.',
            )
            wheel_bucket_name: str | None = Field(
                default=None,
                description='Bucket of the Hail wheels that Dataproc clusters install; it must exist.',
            )
            bucket_versioning: bool = Field(
                default=True,
                description='Keep versions in the Hail buckets. They are cleared after 8 days, so false is cheaper.',
            )

        class Azure(Model):
            """Hail Batch on Azure."""

            hail_batch_url: str = Field(description='Address of the batch service.')
            hail_auth_url: str = Field(description='Address of the auth service.')

        gcp: CPGInfrastructureConfig.Hail.GCP | None = Field(default=None, description='Hail Batch on Google Cloud.')
        azure: CPGInfrastructureConfig.Hail.Azure | None = Field(default=None, description='Hail Batch on Azure.')
        username_prefix: str | None = Field(default=None, description='Begins the name of every Hail Batch user.')

    class AnalysisRunner(Model):
        """The service through which analyses are submitted."""

        class GCP(Model):
            """The analysis runner on Google Cloud."""

            project: str = Field(description='Project of the service.')
            cloud_run_instance_name: str = Field(description='Name of the Cloud Run service.')
            server_machine_account: str = Field(description='Address of the account the service runs as.')
            logger_machine_account: str = Field(description='Address of the account that writes analysis records.')
            container_registry_name: str = Field(description='Name of the registry of the driver images.')

        gcp: CPGInfrastructureConfig.AnalysisRunner.GCP = Field(description='The analysis runner on Google Cloud.')

    class DataDropbox(Model):
        """The service through which outside people upload files."""

        class GCP(Model):
            """The data dropbox on Google Cloud."""

            project: str = Field(description='Project of the service.')
            server_machine_account: str = Field(description='Address of the account the service runs as.')

        class Azure(Model):
            """The data dropbox on Azure. Its configuration is a secret in the vault of the common dataset."""

            server_machine_account: str = Field(description='Object id of the service principal the service runs as.')

        gcp: CPGInfrastructureConfig.DataDropbox.GCP | None = Field(
            default=None, description='The data dropbox on Google Cloud.'
        )
        azure: CPGInfrastructureConfig.DataDropbox.Azure | None = Field(
            default=None, description='The data dropbox on Azure.'
        )

    class WebService(Model):
        """The service that publishes the web buckets."""

        class GCP(Model):
            """The web service on Google Cloud."""

            server_machine_account: str = Field(description='Address of the account the service runs as.')

        class Azure(Model):
            """The web service on Azure."""

            server_machine_account: str = Field(description='Object id of the service principal the service runs as.')

        gcp: CPGInfrastructureConfig.WebService.GCP | None = Field(
            default=None, description='The web service on Google Cloud.'
        )
        azure: CPGInfrastructureConfig.WebService.Azure | None = Field(
            default=None, description='The web service on Azure.'
        )
        web_url_template: str | None = Field(
            default=None,
            description='Address of a web bucket, with `{namespace}` and `{dataset}` in it.',
        )

    class Notebooks(Model):
        """Notebook machines of the analysts."""

        class GCP(Model):
            """Notebooks on Google Cloud."""

            project: str = Field(description='Project of the notebook machines and their accounts.')

        gcp: CPGInfrastructureConfig.Notebooks.GCP = Field(description='Notebooks on Google Cloud.')

    class Cromwell(Model):
        """The Cromwell workflow server."""

        class GCP(Model):
            """Cromwell on Google Cloud."""

            access_group_id: str = Field(description='Group that may submit workflows, `groups/…`; made by hand.')
            runner_machine_account: str = Field(description='Address of the account the server runs as.')
            legacy_key_copy: bool = Field(
                default=True,
                description='Keep a second copy of each Cromwell key in the analysis runner’s project.',
            )

        gcp: CPGInfrastructureConfig.Cromwell.GCP = Field(description='Cromwell on Google Cloud.')

    class Metamist(Model):
        """The metadata service."""

        class GCP(Model):
            """metamist on Google Cloud."""

            project: str = Field(description='Project of the service.')
            service_name: str = Field(description='Name of the Cloud Run service.')
            machine_account: str = Field(description='Address of the account the service runs as.')
            legacy_machine_account: str | None = Field(
                default=None,
                description='Address of the account the service ran as before; without it `machine_account` serves.',
            )
            url: str | None = Field(default=None, description='Address of the service’s API.')
            audience: str | None = Field(
                default=None, description='Audience of the identity tokens the service accepts.'
            )

        class ETLConfiguration(Model):
            """Loading metadata from files."""

            class ETLParserConfiguration(Model):
                """One parser and who may feed it."""

                parser_name: str = Field(description='Name of the parser’s entry point.')
                accessors: tuple[str, ...] = Field(description='Accessors that may send to this parser.')
                analysis_group_dataset: DatasetName | None = Field(
                    default=None,
                    description='Dataset whose analysis group may send to this parser too.',
                )
                default_parameters: FrozenDict[str, Any] | None = Field(
                    default=None,
                    description='Parameters of the parser that a request need not give.',
                )

            accessors: tuple[str, ...] = Field(description='Names of all accessors.')
            by_type: FrozenDict[str, CPGInfrastructureConfig.Metamist.ETLConfiguration.ETLParserConfiguration] = Field(
                description='Parser of each request type.',
            )
            environment: str | None = Field(default='PRODUCTION', description='Environment the parsers run in.')
            private_repo_packages: tuple[str, ...] | None = Field(
                default=None,
                description='Packages with more parsers, from private repositories.',
            )
            custom_audience_list: FrozenDict[str, tuple[str, ...]] | None = Field(
                default=None,
                description='Audiences that a function also accepts, by its name (`extract`, `load`): it is then served '
                'a second time, for callers that cannot name its address.',
            )
            external_images: FrozenDict[str, str] | None = Field(
                default=None,
                description='Image of each function that is served a second time, by digest: `…@sha256:…`.',
            )
            source: str | None = Field(
                default=None,
                description='Folder with the code of the functions, inside that of the configuration: `extract`, `load` '
                'and, with a Slack channel, `notification`, each with a `main.py`.',
                pattern=f'^{INSIDE.pattern}$',
            )

        gcp: CPGInfrastructureConfig.Metamist.GCP = Field(description='metamist on Google Cloud.')
        etl: CPGInfrastructureConfig.Metamist.ETLConfiguration | None = Field(
            default=None,
            description='Loading metadata from files.',
        )
        slack_channel: str | None = Field(default=None, description='Channel that hears about failed loads.')

    class Billing(Model):
        """Who pays, and what reports it."""

        class GCP(Model):
            """Billing on Google Cloud."""

            project_id: str = Field(description='Project of the billing export and its functions.')
            account_id: str = Field(description='Billing account that pays for every project.')
            source_bq_table: str | None = Field(default=None, description='Table of the billing export.')

        class GCPAggregator(Model):
            """The functions that attribute costs to datasets."""

            destination_bq_table: str = Field(description='Table that the attributed costs are written to.')
            slack_channel: str = Field(description='Channel that hears about failures.')
            slack_token_secret_name: str = Field(description='Secret with the Slack token.')
            functions: tuple[str, ...] = Field(description='Sources to aggregate.')
            interval_hours: int = Field(default=4, description='Hours between two runs, 1 to 24.')
            billing_sheet_id: str | None = Field(
                default=None, description='Id of the Google spreadsheet that the monthly summary is written to as well.'
            )
            monthly_summary_table: str | None = Field(default=None, description='Table of the monthly summary.')
            ica_raw_table: str | None = Field(default=None, description='Table of the raw ICA usage.')
            ica_api_secret_name: str | None = Field(default=None, description='Secret with the ICA key.')
            hail_token_secret_name: str = Field(
                default='aggregate-billing-hail-token', description='Secret with the token of the Hail Batch user.'
            )
            timezone: str = Field(default='Australia/Sydney', description='Time zone of the schedules.')

            class Attribution(Model):
                """Who carries which cost."""

                class Shared(Model):
                    """A service that several datasets share, whose costs are split."""

                    source: Literal['gcp', 'hail', 'ica', 'azure', 'focus'] = Field(
                        description='Source of the costs that are split.'
                    )
                    match: NonEmpty = Field(
                        description='Project id, Hail billing project, tenant or resource group that the source bills.'
                    )
                    method: NonEmpty = Field(
                        description='Name of the proportions: `compute` counts from the begin of a batch, `hosting` '
                        'from the end of usage; or one of your own.'
                    )
                    from_: dt.date = Field(
                        default=dt.date(2021, 9, 1),
                        alias='from',
                        description='First day that is split; before it, the fall-back topic carries all.',
                    )
                    fallback_topic: NonEmpty = Field(
                        description='Who carries what cannot be split: no proportions, or an unknown dataset.'
                    )

                projects: FrozenDict[str, NonEmpty] = Field(
                    default=FrozenMap(),
                    description='Topics of further projects, resource groups or tenants, by their ids. The projects of '
                    'datasets need no entry.',
                )
                shared: tuple[CPGInfrastructureConfig.Billing.GCPAggregator.Attribution.Shared, ...] = Field(
                    default=(), description='Services that are shared.'
                )
                hail_topic: NonEmpty = Field(
                    default='hail', description='Topic that Hail jobs are credited to: the cloud bills it for all.'
                )
                default_topic: NonEmpty = Field(default='admin', description='Topic of costs that have no project.')
                proportions: str | None = Field(
                    default=None,
                    description='CSV file in this folder with the proportions: `method, effective_from, topic, weight, '
                    'version`. Without it those in the ledger stay as they are.',
                )

            class Rate(Model):
                """A rate of exchange that the billing export does not have."""

                from_currency: NonEmpty = Field(description='Currency of the source, for example `iCredit`.')
                month: Annotated[str, Field(pattern=r'^\d{4}(0[1-9]|1[0-2])$')] = Field(
                    description='First invoice month in which it counts, `YYYYMM`; until the next of the same currency.'
                )
                rate: Annotated[float, Field(gt=0)] = Field(description='Units of the budget currency for one.')

            class Thresholds(Model):
                """From how many jobs on a Hail batch is booked as one row per resource."""

                unnamed_jobs: Annotated[int, Field(ge=1)] = Field(default=9_000, description='Jobs without a name.')
                named_jobs: Annotated[int, Field(ge=1)] = Field(default=50_000, description='Jobs with a name.')

            class Windows(Model):
                """How far back sources are read again, and when a month is closed."""

                gcp_arrival_days: Annotated[int, Field(ge=0)] = Field(
                    default=3, description='Days of arrival of the billing export.'
                )
                hail_hours: Annotated[int, Field(ge=0)] = Field(default=24, description='Hours of completed batches.')
                ica_days: Annotated[int, Field(ge=0)] = Field(default=7, description='Days of ICA usage.')
                weekly_days: Annotated[int, Field(ge=0)] = Field(
                    default=60, description='Days that every source is read again once a week.'
                )
                months_close_after_days: Annotated[int, Field(ge=0)] = Field(
                    default=45, description='Days after which what is booked in a month is no longer split anew.'
                )

            class Files(Model):
                """Sources that are files: patterns of paths, from this folder on."""

                gcp: str | None = Field(default=None, description='Google’s billing export, Parquet or JSON.')
                azure: str | None = Field(default=None, description='Folder of the Cost Management exports.')
                focus: str | None = Field(default=None, description='FOCUS files, CSV or Parquet.')

            class ICA(Model):
                """Illumina Connected Analytics."""

                token_url: str = Field(description='Address that gives a token for the key.')
                usage_url: str = Field(description='Address of the usage as CSV.')
                tenant: str = Field(description='Tenant that the key belongs to.')

            attribution: CPGInfrastructureConfig.Billing.GCPAggregator.Attribution | None = Field(
                default=None, description='Who carries which cost.'
            )
            rates: tuple[CPGInfrastructureConfig.Billing.GCPAggregator.Rate, ...] = Field(
                default=(), description='Rates of exchange that the billing export does not have.'
            )
            thresholds: CPGInfrastructureConfig.Billing.GCPAggregator.Thresholds | None = Field(
                default=None, description='From how many jobs on a batch is one row per resource.'
            )
            windows: CPGInfrastructureConfig.Billing.GCPAggregator.Windows | None = Field(
                default=None, description='How far back sources are read again.'
            )
            files: CPGInfrastructureConfig.Billing.GCPAggregator.Files | None = Field(
                default=None, description='Sources that are files.'
            )
            ica: CPGInfrastructureConfig.Billing.GCPAggregator.ICA | None = Field(
                default=None, description='Illumina Connected Analytics.'
            )

        class GCPCostControls(Model):
            """What watches the budgets."""

            machine_account: str = Field(description='Address of the account the cost control runs as.')
            slack_channel: str = Field(description='Channel that hears about costs.')
            pubsub_topic: str = Field(description='Topic that budgets notify.')
            timezone: str = Field(description='Time zone of the daily report, for example `Australia/Sydney`.')

            class Snooze(Model):
                """A dataset that is left alone for a while, whatever it costs."""

                until: dt.date = Field(description='Last day on which it is left alone, UTC.')
                reason: NonEmpty = Field(description='Why; it is in every decision about the dataset.')

            mode: Literal['dry-run', 'enforce'] = Field(
                default='dry-run',
                description='Whether a project over its budget is taken off its billing account, or only reported.',
            )
            grace_hours: int = Field(
                default=24, ge=1, description='Hours from the first breach of a budget until anything is done about it.'
            )
            max_per_day: int = Field(
                default=1, ge=0, description='Projects that are taken off their billing account in 24 hours, at most.'
            )
            protected: tuple[DatasetName, ...] = Field(
                default=(),
                description='Datasets that are never taken off their billing account; the common dataset, Hail Batch, '
                'metamist and billing never are.',
            )
            snoozes: FrozenDict[DatasetName, CPGInfrastructureConfig.Billing.GCPCostControls.Snooze] = Field(
                default=FrozenMap(), description='Datasets that are left alone for a while.'
            )
            report_machine_account: str | None = Field(
                default=None,
                description='Address of the account the reports run as, which can change nothing; without it '
                '`machine_account` serves.',
            )

        gcp: CPGInfrastructureConfig.Billing.GCP | None = Field(default=None, description='Billing on Google Cloud.')
        coordinator_machine_account: str | None = Field(
            default=None,
            description='Address of the account that aggregates costs; it reads every metamist project.',
        )
        hail_aggregator_username: str | None = Field(
            default=None,
            description='Hail Batch user that aggregates costs; it is in every billing project.',
        )
        aggregator: CPGInfrastructureConfig.Billing.GCPAggregator | None = Field(
            default=None,
            description='The functions that attribute costs to datasets.',
        )
        gcp_cost_controls: CPGInfrastructureConfig.Billing.GCPCostControls | None = Field(
            default=None,
            description='What watches the budgets.',
        )

    class TemporaryAccess(Model):
        """Approval of temporary read access to main buckets."""

        approver_groups: tuple[str, ...] = Field(description='Addresses of the groups whose members approve.')
        steps: Annotated[int, Field(ge=1, le=2)] = Field(default=1, description='Approvals needed, one or two.')
        notification_addresses: tuple[str, ...] = Field(default=(), description='Addresses told of every request.')

    class Check(Model):
        """How one named check is applied."""

        severity: Literal['error', 'warning', 'info', 'off'] | None = Field(
            default=None,
            description='Replaces the severity of the check; `off` silences it.',
        )
        except_datasets: tuple[DatasetName, ...] = Field(
            default=(),
            description='Datasets the check does not apply to.',
        )
        limit: int | None = Field(default=None, ge=1, description='Replaces the figure of a check that has one.')
        reason: str | None = Field(default=None, description='Why it is applied so; for reviewers.')

    class BlastRadius(Model):
        """How much one run may take away without an explicit word."""

        max_removed_memberships: int = Field(default=20, ge=0, description='Memberships one run may remove.')
        max_removed_grants: int = Field(default=20, ge=0, description='Grants one run may remove.')

    domain: NonEmpty = Field(description='Domain of the organisation, for example `example.org`.')
    budget_currency: NonEmpty = Field(description='Currency of the budgets, for example `AUD`.')
    common_dataset: DatasetName = Field(description='Dataset that every other one depends on.')
    config_destination: NonEmpty = Field(
        description='Where the configuration for running jobs is written: `gs://bucket/prefix`, '
        'or a blob address on an Azure-only organisation. The prefix may be empty.',
    )
    users: FrozenDict[UserId, CPGInfrastructureUser] = Field(description='The people, by user id.')
    plugins_enabled: tuple[str, ...] = Field(description='Names of the plugins to run.')
    group_prefix: str | None = Field(default=None, description='Begins the address of every group.')
    disable_group_memberships: bool = Field(
        default=False,
        description='Leave the members of every cloud group alone; groups, settings, caches, Hail Batch and metamist stay.',
    )
    budget_notification_thresholds: Thresholds = Field(
        default=(0.5, 0.9, 1.0),
        description='Shares of a budget at which its topic is notified.',
    )
    adhoc_groups: tuple[CPGInfrastructureGroup, ...] | None = Field(
        default=None,
        description='Groups of people that belong to no dataset.',
    )
    gcp: CPGInfrastructureConfig.GCP | None = Field(default=None, description='The organisation on Google Cloud.')
    azure: CPGInfrastructureConfig.Azure | None = Field(default=None, description='The organisation on Azure.')
    hail: CPGInfrastructureConfig.Hail | None = Field(default=None, description='Hail Batch.')
    analysis_runner: CPGInfrastructureConfig.AnalysisRunner | None = Field(
        default=None,
        description='The service through which analyses are submitted.',
    )
    data_dropbox: CPGInfrastructureConfig.DataDropbox | None = Field(
        default=None,
        description='The service through which outside people upload files.',
    )
    web_service: CPGInfrastructureConfig.WebService | None = Field(
        default=None,
        description='The service that publishes the web buckets.',
    )
    notebooks: CPGInfrastructureConfig.Notebooks | None = Field(default=None, description='Notebook machines.')
    cromwell: CPGInfrastructureConfig.Cromwell | None = Field(default=None, description='The Cromwell server.')
    metamist: CPGInfrastructureConfig.Metamist | None = Field(default=None, description='The metadata service.')
    billing: CPGInfrastructureConfig.Billing | None = Field(default=None, description='Who pays, and what reports it.')
    github_wif: GithubFederation | None = Field(
        default=None,
        description='GitHub workflows that act without a key. Usually in a file of its own, `github_wif.yaml`.',
    )
    temporary_access: CPGInfrastructureConfig.TemporaryAccess | None = Field(
        default=None,
        description='Approval of temporary read access; without it a justification is enough.',
    )
    stacks: Literal['single', 'per-dataset'] = Field(
        default='single',
        description='One Pulumi stack for everything, or a foundation and one per dataset and cloud.',
    )
    checks: FrozenDict[str, CPGInfrastructureConfig.Check] = Field(
        default=FrozenMap(),
        description='Switches and severities of the named checks.',
    )
    blast_radius: CPGInfrastructureConfig.BlastRadius | None = Field(
        default=None,
        description='How much one run may take away without an explicit word.',
    )
    common_dataset_access: Literal['read-write', 'readonly'] = Field(
        default='read-write',
        description='Whether every dataset depends on the common one fully, or for reading only.',
    )
    groups_authoritative: bool = Field(
        default=False,
        description='Remove members of cloud groups that nobody declared.',
    )


resolve_nested(CPGInfrastructureConfig)
