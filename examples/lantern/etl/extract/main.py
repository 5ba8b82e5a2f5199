"""Receives metadata: writes down what was sent, and asks for it to be loaded."""

import datetime as dt
import json
import os
import uuid

import flask
import functions_framework
from google.auth import jwt
from google.cloud import bigquery, pubsub_v1


@functions_framework.http
def etl_extract(request: flask.Request) -> tuple[dict[str, object], int]:
    """The path of a request says which parser reads its body, which is JSON."""
    body = request.get_json(silent=True)
    if body is None:
        return {'success': False, 'message': 'the body must be JSON'}, 400
    received = {
        'request_id': str(uuid.uuid4()),
        'timestamp': dt.datetime.now(dt.UTC).isoformat(),
        'type': request.path.strip('/'),
        'submitting_user': sender(request),
        'body': json.dumps(body),
    }
    faults = bigquery.Client().insert_rows_json(os.environ['BIGQUERY_TABLE'], [received])
    if faults:
        return {'success': False, 'message': f'not written down: {faults}'}, 500
    message = json.dumps({'request_id': received['request_id']}).encode()
    pubsub_v1.PublisherClient().publish(os.environ['PUBSUB_TOPIC'], message).result()
    return {'success': True, 'id': received['request_id']}, 200


def sender(request: flask.Request) -> str:
    """Who called. The platform has checked the token before this program saw the request."""
    token = request.headers.get('Authorization', '').removeprefix('Bearer ')
    return str(jwt.decode(token, verify=False)['email'])
