"""Topics and subscriptions of Pub/Sub."""

from __future__ import annotations

from typing import Final

from tests.simulated_cloud.gcp.lookups import require_api
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.world import Refused, World

API: Final = 'pubsub.googleapis.com'


def _refuse_topic(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], API)


def _refuse_subscription(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], API)
    dead_letters = (inputs.get('deadLetterPolicy') or {}).get('deadLetterTopic')
    for topic in (inputs['topic'], dead_letters):
        if topic is not None and world.sees(f'topic {_whole(inputs["project"], topic)}') is None:
            raise Refused(f'googleapi: Error 404: Resource not found (resource={topic})., notFound')


def _whole(project: str, topic: str) -> str:
    return topic if '/' in topic else f'projects/{project}/topics/{topic}'


TOPIC_KIND = Thing(
    'gcp:pubsub/topic:Topic',
    key=lambda inputs: f'topic projects/{inputs["project"]}/topics/{inputs["name"]}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/topics/{inputs["name"]}',
    replaces=frozenset({'name', 'project'}),
    refuse=_refuse_topic,
    autonamed=True,
)
SUBSCRIPTION_KIND = Thing(
    'gcp:pubsub/subscription:Subscription',
    key=lambda inputs: f'subscription projects/{inputs["project"]}/subscriptions/{inputs["name"]}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/subscriptions/{inputs["name"]}',
    required=('topic',),
    replaces=frozenset({'name', 'project', 'topic'}),
    refuse=_refuse_subscription,
    autonamed=True,
)
