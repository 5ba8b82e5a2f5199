"""Signals reach the engine once each; nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from cpg_infra.engine.automation.leftovers import end_session
from cpg_infra.engine.automation.stopping import Stop

SLEEP = [sys.executable, '-c', 'import time; time.sleep(60)']


def test_a_signal_is_counted_and_passed_on() -> None:
    before = signal.getsignal(signal.SIGTERM)
    counts: list[int] = []
    process = subprocess.Popen(SLEEP, start_new_session=True)
    with Stop(counts.append) as stop, stop.reaching(process.pid):
        assert stop.count == 0
        os.kill(os.getpid(), signal.SIGINT)
        assert process.wait(timeout=120) == -signal.SIGTERM
    assert counts == [1]
    assert stop.requested
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_begins_after_a_signal_hears_of_it_at_once() -> None:
    process = subprocess.Popen(SLEEP, start_new_session=True)
    with Stop() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        with stop.reaching(process.pid):
            assert process.wait(timeout=120) == -signal.SIGTERM


def test_what_an_ended_engine_leaves_behind_is_ended() -> None:
    code = f'import subprocess; print(subprocess.Popen({SLEEP!r}, process_group=0).pid, flush=True)'
    engine = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert engine.stdout is not None
    left = int(engine.stdout.readline())
    engine.wait()
    engine.stdout.close()
    assert end_session(engine.pid, patience=0.3) == (left,)
    deadline = time.monotonic() + 120
    while end_session(engine.pid, patience=0.1):
        assert time.monotonic() < deadline
