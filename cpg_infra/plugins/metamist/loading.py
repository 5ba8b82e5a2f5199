"""The two functions: `extract` writes down what it is sent, `load` reads it and tells metamist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction import Function, MachineAccount, Secret, Service
from cpg_infra.config import Cloud, Severity
from cpg_infra.plan import (
    AssetKind,
    Options,
    Principal,
    ProjectRole,
    Ref,
    SecretRole,
    ServiceRole,
    TablesRole,
    Text,
    Value,
)
from cpg_infra.plugins.google.function import Program, Shape
from cpg_infra.plugins.google.messages import Delivery
from cpg_infra.plugins.metamist.configuration import MOST_BYTES, accessor_configuration
from cpg_infra.plugins.metamist.notification import Notification
from cpg_infra.plugins.metamist.place import Place
from cpg_infra.plugins.metamist.tables import Tables, declare_tables

SHAPE: Final = Shape(memory='2Gi')
DELIVERY: Final = Delivery(acknowledge_seconds=300, back_off_seconds=10)


@dataclass(frozen=True, slots=True)
class _Accounts:
    extract: MachineAccount
    load: MachineAccount
    other: MachineAccount


class Loading:
    """Everything of `metamist.etl`. Groups are final when this runs: it asks who is in them."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cloud = place.cloud
        self._by = place.by('etl')
        self._topic = place.messages.topic('metamist-etl-topic', self._by, depends_on=place.apis)
        self._accessors = {
            name: place.account(
                f'metamist-etl-{name}', f'metamist-etl-accessor-{name}', place.by('etl', 'accessors', name)
            ).principal
            for name in place.etl.accessors
        }

    def declare(self) -> None:
        """Make everything."""
        place, by = self._place, self._by
        accounts = _Accounts(self._account('extract-'), self._account('load-'), self._account(''))
        notification = self._notification(accounts.other)
        tables = declare_tables(place)
        secret, version = self._configuration()
        environment: dict[str, Text] = {
            'BIGQUERY_TABLE': str(tables.received_name),
            'BIGQUERY_LOG_TABLE': str(tables.logs_name),
            'PUBSUB_TOPIC': Ref(str(self._topic.resource), 'id'),
            'NOTIFICATION_PUBSUB_TOPIC': Ref(str(notification.topic.resource), 'id') if notification else '',
            'SM_ENVIRONMENT': place.etl.environment or '',
            'CONFIGURATION_SECRET': Ref(version, 'id'),
        }
        extract = self._function('extract', accounts.extract, environment, reachable=True)
        load = self._function('load', accounts.load, environment, packages=place.etl.private_repo_packages or ())
        self._let_extract(accounts.extract.principal, tables, load)
        self._let_load(accounts.load.principal, tables, secret, notification)
        dead_letters = place.messages.topic('metamist-etl-dead-letters-topic', by, depends_on=place.apis)
        place.messages.push(
            'metamist-etl-subscription', self._topic, dead_letters, load, accounts.extract.principal, DELIVERY, by
        )
        place.messages.keep('metamist-etl-dead-letter-subscription', dead_letters, by)
        senders = list(self._senders())
        for sender in senders:
            place.functions.let_invoke(sender, extract, by)
        self._second_services({'extract': accounts.extract, 'load': accounts.load}, environment, senders)
        if notification is not None:
            notification.declare({'metamist-etl-extract': extract, 'metamist-etl-load': load})

    def _account(self, function: str) -> MachineAccount:
        return self._place.account(f'metamist-etl-{function}sa', f'metamist-etl-{function}service-account', self._by)

    def _notification(self, account: MachineAccount) -> Notification | None:
        channel, billing = self._place.metamist.slack_channel, self._place.infrastructure.config.billing
        if channel is None or billing is None:
            return None
        return Notification(self._place, channel, billing, account)

    # Who may send -----------------------------------------------------------------------------------------

    def _senders(self) -> Iterable[Principal]:
        """The accessors, and the groups of analysts that some parser accepts."""
        etl = self._place.etl
        yield from (self._accessors[name] for name in etl.accessors)
        datasets = {each.analysis_group_dataset for each in etl.by_type.values()} - {None}
        for name in sorted(str(dataset) for dataset in datasets):
            there = self._place.infrastructure.datasets[name].on.get(Cloud.GCP)
            if there is not None:
                yield there.groups['analysis'].principal

    def _users(self, kind: str) -> list[Principal]:
        """Who may send to a parser: its accessors, and everybody who is in its group of analysts."""
        parser = self._place.etl.by_type[kind]
        users = [self._accessors[name] for name in parser.accessors]
        if parser.analysis_group_dataset is not None:
            there = self._place.infrastructure.datasets[parser.analysis_group_dataset].on.get(Cloud.GCP)
            if there is not None:
                users += self._place.infrastructure.groups.resolve(there.groups['analysis'])
        return users

    # Things -----------------------------------------------------------------------------------------------

    def _configuration(self) -> tuple[Secret, str]:
        """The secret with the configuration, and the logical name of its version."""
        place, by, project = self._place, self._place.by('etl', 'by_type'), self._place.project.name
        made = self._cloud.raw(
            'metamist-etl-accessor-configuration-secret',
            'gcp:secretmanager/secret:Secret',
            f'{project}/accessor-configuration',
            {
                'secretId': 'accessor-configuration',
                'project': project,
                'replication': {'userManaged': {'replicas': [{'location': place.region}]}},
            },
            by,
            kind=AssetKind.SECRET,
            depends_on=place.apis,
        )
        text = accessor_configuration(place.etl, {kind: self._users(kind) for kind in place.etl.by_type})
        size = len(str(text).encode())
        if size > MOST_BYTES:
            place.infrastructure.diagnose(
                'large-secret',
                f'the configuration of the loader has {size:,} bytes; a secret holds {MOST_BYTES:,}',
                by,
                Severity.ERROR,
            )
        version = self._cloud.raw(
            'metamist-etl-accessor-configuration',
            'gcp:secretmanager/secretVersion:SecretVersion',
            f'{project}/accessor-configuration latest',
            {'secret': f'projects/{project}/secrets/accessor-configuration', 'secretData': text},
            by,
            kind=AssetKind.SECRET_VERSION,
            depends_on=[made.name],
            options=Options(secret_inputs=('secretData',)),
        )
        secret = Secret(made.intents[0], self._cloud.cloud, 'accessor-configuration', made.name, project)
        return secret, version.name

    def _function(
        self,
        name: str,
        account: MachineAccount,
        environment: dict[str, Text],
        *,
        packages: tuple[str, ...] = (),
        reachable: bool = False,
    ) -> Function:
        place = self._place
        program = Program(
            f'etl_{name}',
            place.code(name, f'metamist-etl-{name}-source-code', packages=packages),
            SHAPE,
            environment,
            name=f'metamist-etl-{name}',
            reachable=reachable,
        )
        return place.functions.declare(
            f'metamist-etl-{name}', program, account.principal, self._by, depends_on=place.apis
        )

    def _let_extract(self, principal: Principal, tables: Tables, load: Function) -> None:
        self._cloud.grant(principal, TablesRole.WRITE, tables.received, self._by)
        self._place.messages.let_publish(principal, self._topic, self._by)
        # Messages call the loader as this account.
        self._place.functions.let_invoke(principal, load, self._by)

    def _let_load(
        self, principal: Principal, tables: Tables, secret: Secret, notification: Notification | None
    ) -> None:
        cloud, place, by = self._cloud, self._place, self._by
        cloud.grant(principal, TablesRole.READ, tables.received, by)
        cloud.grant(principal, TablesRole.WRITE, tables.logs, by)
        cloud.grant(principal, ProjectRole.RUN_QUERIES, place.project.handle, by)
        cloud.grant(principal, SecretRole.READ, secret, by)
        if notification is not None:
            place.messages.let_publish(principal, notification.topic, by)
        google = place.metamist.gcp
        service = cloud.existing_service(google.service_name, google.project, cloud.region, by)
        cloud.grant(principal, ServiceRole.INVOKE, service, by)

    def _second_services(
        self, accounts: dict[str, MachineAccount], environment: dict[str, Text], senders: list[Principal]
    ) -> None:
        """Functions again, for callers whose tokens name another audience than their address."""
        audiences, images = self._place.etl.custom_audience_list or {}, self._place.etl.external_images or {}
        for name in sorted(audiences):
            by = self._place.by('etl', 'custom_audience_list', name)
            service = self._second_service(name, accounts[name], images[name], list(audiences[name]), environment)
            for sender in senders if name == 'extract' else ():
                self._cloud.grant(sender, ServiceRole.INVOKE, service, by)

    def _second_service(
        self,
        function: str,
        account: MachineAccount,
        image: str,
        audiences: list[Value],
        environment: dict[str, Text],
    ) -> Service:
        place, name = self._place, f'metamist-etl-{function}-external'
        variables: list[Value] = [{'name': key, 'value': value} for key, value in environment.items()]
        limits: Value = {'cpu': SHAPE.cpu, 'memory': SHAPE.memory}
        made = self._cloud.raw(
            name,
            'gcp:cloudrunv2/service:Service',
            f'{place.project.name}/{place.region}/{name}',
            {
                'name': name,
                'project': place.project.name,
                'location': place.region,
                'customAudiences': audiences,
                'ingress': 'INGRESS_TRAFFIC_ALL',
                'template': {
                    'containers': [
                        {
                            'image': image,
                            'resources': {'cpuIdle': True, 'startupCpuBoost': True, 'limits': limits},
                            'envs': variables,
                        },
                    ],
                    'scaling': {'minInstanceCount': 0, 'maxInstanceCount': 1},
                    'timeout': f'{SHAPE.seconds}s',
                    'serviceAccount': account.principal.address,
                    'maxInstanceRequestConcurrency': 1,
                },
            },
            place.by('etl', 'custom_audience_list', function),
            kind=AssetKind.SERVICE,
            depends_on=[str(account.resource), *place.apis],
        )
        return Service(made.intents[0], self._cloud.cloud, name, name, place.project.name, place.region)
