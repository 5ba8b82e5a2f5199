"""Loads what was received: finds its parser, which tells metamist, and keeps a log."""

import asyncio
import base64
import datetime as dt
import json
import os
from importlib.metadata import entry_points

import flask
import functions_framework
from google.cloud import bigquery, pubsub_v1, secretmanager

PARSERS = 'metamist_parser'
"""The entry points of parsers; those of Lantern are in the package `lantern-parsers`."""


@functions_framework.http
def etl_load(request: flask.Request) -> tuple[dict[str, object], int]:
    """Called with a message that names what to load. After five failures the message is a dead letter."""
    message = json.loads(base64.b64decode(request.get_json()['message']['data']))
    received = find(message['request_id'])
    try:
        parser = parser_for(received['type'], received['submitting_user'])
        asyncio.run(parser.from_json(json.loads(received['body'])))
    except Exception as error:  # noqa: BLE001 - whatever it is, people hear of it and the message comes again
        tell(received['request_id'], 'FAILED', {'type': received['type'], 'error': repr(error)})
        return {'success': False, 'message': repr(error)}, 500
    tell(received['request_id'], 'SUCCESS', {'type': received['type']})
    return {'success': True, 'id': received['request_id']}, 200


def find(request_id: str) -> bigquery.Row:
    """What was received under an id."""
    table = os.environ['BIGQUERY_TABLE']
    asked = bigquery.QueryJobConfig(query_parameters=[bigquery.ScalarQueryParameter('id', 'STRING', request_id)])
    query = f'SELECT * FROM `{table}` WHERE request_id = @id'  # noqa: S608 - the name of our own table
    rows = bigquery.Client().query(query, asked).result()
    return next(iter(rows))


def parser_for(kind: str, sender: str) -> object:
    """The parser of a path, if its sender may use it."""
    name = os.environ['CONFIGURATION_SECRET']
    secret = secretmanager.SecretManagerServiceClient().access_secret_version(name=name)
    configured = json.loads(secret.payload.data)['by_type'][kind]
    if sender not in configured['users']:
        raise PermissionError(f'{sender} may not send to {kind}')
    (found,) = entry_points(group=PARSERS, name=configured['parser_name'])
    return found.load()(**configured['default_parameters'])


def tell(request_id: str, status: str, details: dict[str, str]) -> None:
    """Write down what became of it, and tell people when it failed."""
    now = dt.datetime.now(dt.UTC).isoformat()
    row = {'request_id': request_id, 'timestamp': now, 'status': status, 'details': json.dumps(details)}
    faults = bigquery.Client().insert_rows_json(os.environ['BIGQUERY_LOG_TABLE'], [row])
    if faults:
        raise RuntimeError(f'not written down: {faults}')
    topic = os.environ['NOTIFICATION_PUBSUB_TOPIC']
    if status == 'FAILED' and topic:
        pubsub_v1.PublisherClient().publish(topic, json.dumps({**row, 'details': details}).encode()).result()
