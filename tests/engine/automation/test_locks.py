"""Who holds a stack, and whether they are still there."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from cpg_infra.engine.automation.backend import Backend
from cpg_infra.engine.automation.locks import Lock, locked, locks_in, locks_in_text
from tests.engine.automation.test_failures import LOCKED

SINCE = '2026-11-22T10:00:00Z'
BUCKET = Backend('gs://states', '--backend')


def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, '-c', ''])
    process.wait()
    return process.pid


def test_the_holder_is_read_from_the_engine_s_text() -> None:
    assert locks_in_text(LOCKED) == (Lock('ana', 'laptop', 4711, SINCE),)


def test_the_holder_is_read_from_the_folder_of_a_file_backend(tmp_path: Path) -> None:
    folder = tmp_path / '.pulumi' / 'locks' / 'organization' / 'lantern' / 'prod'
    folder.mkdir(parents=True)
    lock = {'pid': 4711, 'username': 'ana', 'hostname': 'laptop', 'timestamp': SINCE}
    (folder / 'a.json').write_text(json.dumps(lock), encoding='utf-8')
    (folder / 'b.json').write_text('{"pid": ', encoding='utf-8')
    found = locks_in(Backend(f'file://{tmp_path}', '--backend'), 'lantern', 'prod')
    assert found[0] == Lock('ana', 'laptop', 4711, SINCE)
    assert not found[1].is_abandoned
    assert locks_in(Backend(f'file://{tmp_path}', '--backend'), 'lantern', 'other') == ()
    assert locks_in(BUCKET, 'lantern', 'prod') == ()


def test_a_lock_is_abandoned_when_its_process_on_this_machine_is_gone() -> None:
    assert Lock('ana', socket.gethostname(), gone(), SINCE).is_abandoned
    assert not Lock('ana', 'elsewhere', gone(), SINCE).is_abandoned


def test_a_process_that_is_no_engine_took_over_an_old_number() -> None:
    assert Lock('ana', socket.gethostname(), os.getpid(), SINCE).is_abandoned is Path('/proc').is_dir()


def test_the_holder_is_named_and_the_way_out() -> None:
    said = str(locked((Lock('ana', 'laptop', 4711, SINCE),), BUCKET, 'lantern', 'prod'))
    assert said == (
        f'the stack prod is locked by ana@laptop (process 4711) since {SINCE}: wait for that run; if it is over, run '
        '`PULUMI_BACKEND_URL=gs://states pulumi cancel --yes organization/lantern/prod`'
    )
