"""Tells a channel of Slack about a load that failed."""

import base64
import json
import os

import flask
import functions_framework
import requests

SLACK = 'https://slack.com/api/chat.postMessage'


@functions_framework.http
def etl_notify(request: flask.Request) -> tuple[dict[str, object], int]:
    """Called with what the loader said."""
    failed = json.loads(base64.b64decode(request.get_json()['message']['data']))
    details = failed['details']
    answer = requests.post(
        SLACK,
        headers={'Authorization': f'Bearer {os.environ["SLACK_BOT_TOKEN"]}'},
        json={
            'channel': os.environ['SLACK_CHANNEL'],
            'text': f'Load {failed["request_id"]} of {details["type"]} failed: {details["error"]}',
        },
        timeout=10,
    )
    said = answer.json()
    # Slack answers 200 to what it does not do.
    return (said, 200) if said['ok'] else ({'success': False, 'message': said['error']}, 500)
