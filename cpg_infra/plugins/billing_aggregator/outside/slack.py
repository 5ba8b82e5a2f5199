"""Slack: one message to one channel. Slack says "no" with HTTP 200; that is an error here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpg_infra.plugins.billing_aggregator.outside.http import Http, OutsideError

TOKEN: Final = 'SLACK_TOKEN'
"""Environment variable with the bot's token, mounted from the secret."""

_POST: Final = 'https://slack.com/api/chat.postMessage'


@dataclass(frozen=True, slots=True)
class Slack:
    """A bot that may post to a channel."""

    http: Http
    token: str
    channel: str

    def post(self, text: str, blocks: Sequence[dict[str, Any]] = ()) -> None:
        """Post a message; `text` is what notifications show when there are blocks. Raises `OutsideError`."""
        if not self.token:
            raise OutsideError(f'#{self.channel} hears nothing: {TOKEN} is not set')
        message: dict[str, Any] = {'channel': self.channel, 'text': text}
        if blocks:
            message['blocks'] = [*blocks]
        said = self.http.send('POST', _POST, headers={'Authorization': f'Bearer {self.token}'}, json=message)
        if said.get('ok') is not True:
            why = said.get('error', 'without explanation')
            raise OutsideError(f'Slack refuses a message to #{self.channel}: {why}')
