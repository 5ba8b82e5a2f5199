"""Topics and subscriptions that call a function for each message, with dead letters for what cannot be handled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction import By, Function, Subscription, Topic
from cpg_infra.plan import (
    AssetKind,
    Lookup,
    Principal,
    PrincipalKind,
    Ref,
    SubscriptionRole,
    Text,
    TopicRole,
    Value,
)
from cpg_infra.plan.computations import concat
from cpg_infra.plugins.google.project import PluginProject

ATTEMPTS: Final = 5
"""Deliveries after which a message is a dead letter."""
DEAD_LETTER_SECONDS: Final = 20
"""Seconds in which whoever looks at a dead letter acknowledges it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How messages are delivered: the seconds a call may take, and those before it is tried again, at least."""

    acknowledge_seconds: int
    back_off_seconds: int | None = None


class Messages:
    """Makes the topics and subscriptions of one plugin, in one project."""

    def __init__(self, project: PluginProject) -> None:
        self._project = project
        self._cloud = project.cloud

    def topic(self, logical: str, by: By, *, depends_on: Iterable[str]) -> Topic:
        """A topic. Its provider makes up its name."""
        physical = f'{self._project.name}/{logical}-*'
        resource = self._cloud.raw(
            logical,
            'gcp:pubsub/topic:Topic',
            physical,
            {'project': self._project.name},
            by,
            kind=AssetKind.TOPIC,
            depends_on=depends_on,
        )
        name = Ref(logical, 'name')
        return Topic(resource.intents[0], self._cloud.cloud, physical, logical, self._project.name, name)

    def let_publish(self, principal: Principal, topic: Topic, by: By) -> None:
        """Let `principal` publish to a topic."""
        self._cloud.grant(principal, TopicRole.PUBLISH, topic, by)

    def push(
        self,
        logical: str,
        topic: Topic,
        dead_letters: Topic,
        function: Function,
        account: Principal,
        delivery: Delivery,
        by: By,
    ) -> None:
        """Call `function`, as `account`, for each message; the cloud's own agent moves what fails to `dead_letters`."""
        self._cloud.grant(self._agent, TopicRole.PUBLISH, dead_letters, by)
        policy: dict[str, Value] = {}
        if delivery.back_off_seconds is not None:
            policy['retryPolicy'] = {'minimumBackoff': f'{delivery.back_off_seconds}s'}
        subscription = self._subscription(
            logical,
            topic,
            {
                'ackDeadlineSeconds': delivery.acknowledge_seconds,
                # Never.
                'expirationPolicy': {'ttl': ''},
                'deadLetterPolicy': {
                    'deadLetterTopic': Ref(str(dead_letters.resource), 'id'),
                    'maxDeliveryAttempts': ATTEMPTS,
                },
                'pushConfig': {
                    'pushEndpoint': Ref(str(function.resource), 'url'),
                    'oidcToken': {'serviceAccountEmail': account.address},
                    'attributes': {'x-goog-version': 'v1'},
                },
                **policy,
            },
            by,
        )
        self._cloud.grant(self._agent, SubscriptionRole.CONSUME, subscription, by)

    def keep(self, logical: str, topic: Topic, by: By) -> None:
        """Keep messages until somebody takes them."""
        self._subscription(logical, topic, {'ackDeadlineSeconds': DEAD_LETTER_SECONDS}, by)

    def _subscription(self, logical: str, topic: Topic, inputs: dict[str, Value], by: By) -> Subscription:
        physical = f'{self._project.name}/{logical}-*'
        resource = self._cloud.raw(
            logical,
            'gcp:pubsub/subscription:Subscription',
            physical,
            {'project': self._project.name, 'topic': topic.topic, **inputs},
            by,
            kind=AssetKind.SUBSCRIPTION,
        )
        name = Ref(logical, 'name')
        return Subscription(resource.intents[0], self._cloud.cloud, physical, logical, self._project.name, name)

    @property
    def _agent(self) -> Principal:
        """Pub/Sub's own account in the project."""
        address = concat('service-', self._number, '@gcp-sa-pubsub.iam.gserviceaccount.com')
        key = f'{self._cloud.cloud.value}:machine:messages-of-{self._project.name}'
        return self._cloud.builder.principal(Principal(key, PrincipalKind.MACHINE, self._cloud.cloud, address))

    @property
    def _number(self) -> Text:
        made_by = self._project.handle.resource
        if made_by is not None:
            return Ref(made_by, 'number')
        return Lookup('gcp:organizations/getProject:getProject', (('projectId', self._project.name),), 'number')
