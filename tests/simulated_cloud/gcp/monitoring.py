"""Channels that people are told through, and what they are told about."""

from __future__ import annotations

from typing import Any, Final

from tests.simulated_cloud.gcp.lookups import require_api
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.world import Refused, World

API: Final = 'monitoring.googleapis.com'
LONGEST_ABSENCE: Final = 84_600
"""Seconds."""


def _refuse_channel(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], API)
    if inputs['type'] == 'slack' and not (inputs.get('sensitiveLabels') or {}).get('authToken'):
        raise Refused('googleapi: Error 400: Missing required notification channel label: "auth_token"., badRequest')


def _refuse_policy(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], API)
    for channel in inputs.get('notificationChannels') or ():
        if world.sees(f'channel {channel}') is None:
            raise Refused(f'googleapi: Error 404: Cannot find channel {channel}., notFound')
    for condition in inputs['conditions']:
        absent = condition.get('conditionAbsent')
        if absent is not None and int(absent['duration'].rstrip('s')) > LONGEST_ABSENCE:
            raise Refused('googleapi: Error 400: The duration of an absence is at most 23.5 hours., badRequest')
        if 'conditionMatchedLog' in condition and not (inputs.get('alertStrategy') or {}).get('notificationRateLimit'):
            raise Refused('googleapi: Error 400: A log-match policy must have a notification rate limit., badRequest')


def _named(what: str) -> Any:
    def outputs(world: World, inputs: Inputs) -> dict[str, Any]:
        return {'name': f'projects/{inputs["project"]}/{what}/{world.next_number()}'}

    return outputs


CHANNEL = Thing(
    'gcp:monitoring/notificationChannel:NotificationChannel',
    key=lambda inputs: f'channel {inputs["name"]}',
    id=lambda _, outputs: str(outputs['name']),
    required=('type',),
    replaces=frozenset({'project'}),
    refuse=_refuse_channel,
    outputs=_named('notificationChannels'),
)
ALERT = Thing(
    'gcp:monitoring/alertPolicy:AlertPolicy',
    key=lambda inputs: f'alert {inputs["name"]}',
    id=lambda _, outputs: str(outputs['name']),
    required=('combiner', 'conditions', 'displayName'),
    replaces=frozenset({'project'}),
    refuse=_refuse_policy,
    outputs=_named('alertPolicies'),
)
