"""Alerts to a channel of Slack. The token of the channel is a reference: it is in no plan, and secret in the state."""

from __future__ import annotations

from typing import Final

from cpg_infra.abstraction import By, Function, Secret
from cpg_infra.plan import Lookup, Options, Ref, Text, Value
from cpg_infra.plan.computations import concat
from cpg_infra.plugins.google.project import PluginProject

SECONDS_BETWEEN: Final = 300
"""An alert is told once in this time."""
LONGEST_ABSENCE: Final = 84_600
"""Seconds; Google's longest time that something may be missed for (23.5 hours)."""
_SECRETS: Final = 'gcp:secretmanager/getSecretVersion:getSecretVersion'


class Alerts:
    """Makes the alerts of one plugin: all go to one channel."""

    def __init__(self, project: PluginProject, logical: str, channel: str, token: Secret, by: By) -> None:
        self._project = project
        self._cloud = project.cloud
        self._channel = logical
        arguments = (('project', token.project), ('secret', token.name))
        self._cloud.raw(
            logical,
            'gcp:monitoring/notificationChannel:NotificationChannel',
            f'{project.name}/slack/{channel}',
            {
                'project': project.name,
                'type': 'slack',
                'displayName': f'Slack {channel}',
                'labels': {'channel_name': channel if channel.startswith('#') else f'#{channel}'},
                'sensitiveLabels': {'authToken': Lookup(_SECRETS, arguments, 'secretData')},
            },
            by,
            depends_on=project.enable('monitoring'),
            options=Options(secret_inputs=('sensitiveLabels',)),
        )

    def on_log(self, logical: str, title: str, log_filter: Text, by: By, *, after: str | None = None) -> None:
        """Tell when something is logged."""
        condition: Value = {'displayName': title, 'conditionMatchedLog': {'filter': log_filter}}
        strategy: Value = {'notificationRateLimit': {'period': f'{SECONDS_BETWEEN}s'}}
        self._policy(logical, title, condition, by, after, alertStrategy=strategy)

    def on_warning(self, logical: str, title: str, function: Function, by: By) -> None:
        """Tell when a function logs a warning or worse."""
        log_filter = concat(_of(function), ' AND severity>=WARNING')
        self.on_log(logical, title, log_filter, by, after=function.resource)

    def on_silence(self, logical: str, title: str, function: Function, hours: int, by: By) -> None:
        """Tell when no call of a function succeeded for `hours`, at most 23.5."""
        metric = ' AND metric.type="run.googleapis.com/request_count" AND metric.labels.response_code_class="2xx"'
        absent: Value = {
            'filter': concat(_of(function), metric),
            'duration': f'{min(hours * 3600, LONGEST_ABSENCE)}s',
            'aggregations': [{'alignmentPeriod': '3600s', 'perSeriesAligner': 'ALIGN_SUM'}],
        }
        condition: Value = {'displayName': title, 'conditionAbsent': absent}
        self._policy(logical, title, condition, by, function.resource)

    def _policy(self, logical: str, title: str, condition: Value, by: By, after: str | None, **more: Value) -> None:
        self._cloud.raw(
            logical,
            'gcp:monitoring/alertPolicy:AlertPolicy',
            f'{self._project.name}/{logical}',
            {
                'project': self._project.name,
                'displayName': title,
                'combiner': 'OR',
                'conditions': [condition],
                'notificationChannels': [Ref(self._channel, 'name')],
                **more,
            },
            by,
            depends_on=[self._channel, *([after] if after else [])],
        )


def _of(function: Function) -> Text:
    return concat('resource.type="cloud_run_revision" AND resource.labels.service_name="', function.service, '"')
