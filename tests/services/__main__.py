"""Serve until interrupted: `python -m tests.services --port 8080 --state state.json`."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import threading
from pathlib import Path

from tests.services.server import LocalServices
from tests.services.tokens import identity_token


def main() -> None:
    parser = argparse.ArgumentParser(
        description='Local stand-ins for Google groups, Hail Batch, metamist and Azure blobs.'
    )
    parser.add_argument('--port', type=int, default=8080)
    parser.add_argument('--latency', type=float, default=0.0, help='seconds before each answer')
    parser.add_argument('--state', type=Path, help='a JSON file that keeps the state')
    parser.add_argument('--endpoint', action='append', default=[], metavar='ADDRESS=PREFIX', help='a further address')
    parser.add_argument('--makes-containers', action='store_true', help='a request makes the container of a blob')
    options = parser.parse_args()
    more = dict(pair.split('=', 1) for pair in options.endpoint)
    with LocalServices(port=options.port, latency=options.latency, file=options.state) as services:
        services.world.azure.makes_containers |= options.makes_containers
        for line in environment(services, more):
            sys.stdout.write(f'{line}\n')
        sys.stdout.flush()
        threading.Event().wait()


def environment(services: LocalServices, more: dict[str, str] | None = None) -> list[str]:
    """What the provider's environment must have to find them."""
    return [
        f"export CPG_ENDPOINTS='{json.dumps(services.endpoints(more))}'",
        'export GOOGLE_OAUTH_ACCESS_TOKEN=google-token HAIL_TOKEN_GCP=hail-token HAIL_TOKEN_AZURE=hail-token',
        f"export CPG_AZURE_BLOB_URL='{services.blob_url}' CPG_AZURE_STORAGE_TOKEN=azure-token",
        f'export CPG_METAMIST_URL=https://metamist.example.org CPG_METAMIST_TOKEN={identity_token("deployer@example.org")}',
    ]


if __name__ == '__main__':
    with contextlib.suppress(KeyboardInterrupt):
        main()
