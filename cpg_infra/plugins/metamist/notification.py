"""Who hears about failed loads: messages that the loader sends, and alerts on what the functions log."""

from __future__ import annotations

from typing import Final

from cpg_infra.abstraction import Function, MachineAccount, Secret, Topic
from cpg_infra.config import CPGInfrastructureConfig
from cpg_infra.plan import AssetKind, SecretRole
from cpg_infra.plugins.google.alert import Alerts
from cpg_infra.plugins.google.function import Program, Shape
from cpg_infra.plugins.google.messages import Delivery
from cpg_infra.plugins.metamist.place import Place

NAME: Final = 'metamist-etl-notification'
SHAPE: Final = Shape(memory='2Gi')


class Notification:
    """What tells a channel of Slack, as `account`."""

    def __init__(
        self, place: Place, channel: str, billing: CPGInfrastructureConfig.Billing, account: MachineAccount
    ) -> None:
        self._place = place
        self._channel = channel
        self._account = account
        self._by = place.by('slack_channel')
        self._token = self._slack_token(billing)
        self.topic: Topic = place.messages.topic(NAME, self._by, depends_on=place.apis)

    def _slack_token(self, billing: CPGInfrastructureConfig.Billing) -> Secret:
        assert billing.gcp is not None  # noqa: S101 - the rules see to it
        assert billing.aggregator is not None  # noqa: S101 - as above
        project, name = billing.gcp.project_id, billing.aggregator.slack_token_secret_name
        cloud = self._place.cloud
        key, resource = cloud.existing(AssetKind.SECRET, f'{project}/{name}', self._by)
        return Secret(key, cloud.cloud, name, resource, project, label=f'billing-{name}')

    def declare(self, functions: dict[str, Function]) -> None:
        """Make the function that tells, its subscription, and an alert on each of `functions` and on itself."""
        place, by, principal = self._place, self._by, self._account.principal
        place.cloud.grant(principal, SecretRole.READ, self._token, by)
        program = Program(
            'etl_notify',
            place.code('notification', f'{NAME}-func-source-code'),
            SHAPE,
            {'SLACK_CHANNEL': self._channel},
            secrets={'SLACK_BOT_TOKEN': self._token},
            name=f'{NAME}-func',
        )
        function = place.functions.declare(f'{NAME}-func', program, principal, by, depends_on=place.apis)
        place.functions.let_invoke(principal, function, by)
        dead_letters = place.messages.topic(f'{NAME}-dead-letters-topic', by, depends_on=place.apis)
        place.messages.push(
            f'{NAME}-subscription', self.topic, dead_letters, function, principal, Delivery(acknowledge_seconds=20), by
        )
        place.messages.keep(f'{NAME}-dead-letters-subscription', dead_letters, by)
        alerts = Alerts(place.project, f'{NAME}-incidents-channel', self._channel, self._token, by)
        for name, each in {**functions, f'{NAME}-func': function}.items():
            alerts.on_warning(f'{NAME}-{name}-alert-policy', f'metamist: {name} warns', each, by)
