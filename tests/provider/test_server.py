"""The console script: found and started as the engine does it, and gone when nobody needs it any more."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from cpg_infra.provider.schema import SCHEMA
from cpg_infra.provider.settings import CONFIGURATION

SCRIPT = Path(sys.executable).with_name('pulumi-resource-cpg')

# A parent as the engine is one: it starts the provider, hands on its port, and waits to be killed.
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([{str(SCRIPT)!r}], stdout=subprocess.PIPE, text=True)
print(child.stdout.readline().strip(), child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def script() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The script and its port."""
    process = subprocess.Popen([SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended and that nobody has asked about yet is still listed.
    return 'Z' not in Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2][:3]


def ends(pid: int, within: float = 120.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not is_running(pid):
            return True
        time.sleep(0.05)
    return False


def test_the_script_prints_its_port_serves_and_ends_quietly(script: tuple[subprocess.Popen[str], int]) -> None:
    process, port = script
    with grpc.insecure_channel(f'127.0.0.1:{port}') as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        assert stub.GetPluginInfo(Empty()).version == version('cpg-infra')
        schema = json.loads(stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert schema['name'] == 'cpg'
    assert set(schema['resources']) == set(SCHEMA)
    assert set(schema['provider']['inputProperties']) == set(CONFIGURATION)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (0, '', '')


def test_no_provider_is_left_when_the_engine_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, '-c', PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    _, pid = parent.stdout.readline().split()
    assert is_running(int(pid))
    parent.kill()
    parent.communicate()
    assert ends(int(pid))


def test_the_command_line_does_without_what_only_the_provider_needs() -> None:
    code = 'import sys, cpg_infra.cli.main; print(*{"httpx", "tenacity", "grpc"}.intersection(sys.modules))'
    run = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert not run.stdout.strip()
