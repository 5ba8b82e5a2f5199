"""The log of calls that a provider was asked, and a script of what goes wrong with some of them.

Both are files in the folder of the cloud, so that a test writes and reads them while providers come and go. A fault
counts the calls that it matches over all processes: what happened once does not happen again in the next run.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn

from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.world import Refused

TRIES: Final = 4
"""How often a provider tries what a cloud throttles or aborts, as the real ones do, before it gives up."""

PAUSE: Final = 0.02
"""Seconds between tries. Real providers wait longer."""

HELD: Final = 'held'
LONGEST_HOLD: Final = 600.0
"""Seconds after which what is held goes on, should its test have failed."""


class Do(StrEnum):
    """What happens to a call."""

    FAIL = 'fail'  # it is refused, and nothing happens
    THROTTLE = 'throttle'  # it is refused for now: the provider tries again
    LOSE = 'lose'  # it is carried out, and the answer is an error: nobody knows
    HALF = 'half'  # it is carried out, and the thing is not ready: the state knows
    CRASH = 'crash'  # the provider dies before it does anything
    CRASH_AFTER = 'crash-after'  # the provider dies before it can answer
    DELAY = 'delay'  # it takes a while
    HOLD = 'hold'  # it waits until the test lets it go on
    LAG = 'lag'  # what it makes is not seen by the next look-ups


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the script: what happens to the calls number `first` to `first + times - 1` that match.

    `type` and `name` (the logical name) are regular expressions for the whole text; `lag` counts look-ups. `times` of
    0 means for ever.
    """

    do: Do
    method: str = '.*'
    type: str = '.*'
    name: str = '.*'
    first: int = 1
    times: int = 1
    text: str = 'googleapi: Error 503: The service is currently unavailable., backendError'
    seconds: float = 0.0
    lag: int = 0

    def matches(self, call: Call) -> bool:
        pairs = ((self.method, call.method), (self.type, call.type), (self.name, call.name))
        return all(re.fullmatch(pattern, text) for pattern, text in pairs)


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as the log has it. Previews are logged too. `error` is empty when it went well."""

    provider: str
    method: str
    type: str
    name: str
    preview: bool = False
    error: str = ''
    tries: int = 1


class Script:
    """What goes wrong with the calls of one provider, and the log of them all."""

    def __init__(self, folder: Path, provider: str) -> None:
        self.provider = provider
        self._folder = folder
        self._faults = faults_of(folder)
        self._counts = Journal(folder / 'fault-counts.jsonl')
        self._log = os.open(folder / 'calls.jsonl', os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def begin(self, call: Call) -> tuple[Fault, ...]:
        """What is to happen to this call now. Delays and crashes happen here."""
        if call.preview or not self._faults:
            return ()
        due = self._due(call)
        for fault in due:
            if fault.do is Do.DELAY:
                time.sleep(fault.seconds)
            elif fault.do is Do.HOLD:
                self._hold(call)
            elif fault.do is Do.CRASH:
                self.crash(call)
            elif fault.do in {Do.FAIL, Do.THROTTLE}:
                raise (Throttled if fault.do is Do.THROTTLE else Refused)(fault.text)
        return due

    def _hold(self, call: Call) -> None:
        held = self._folder / HELD / call.name
        held.parent.mkdir(exist_ok=True)
        held.touch()
        deadline = time.monotonic() + LONGEST_HOLD
        while held.exists() and time.monotonic() < deadline:
            time.sleep(PAUSE)

    def _due(self, call: Call) -> tuple[Fault, ...]:
        due = []
        with self._counts.transaction() as counts:
            for position, fault in enumerate(self._faults):
                if not fault.matches(call):
                    continue
                key = f'fault {position}'
                number = int((counts.get(key) or {'calls': 0})['calls']) + 1
                counts.put(key, {'calls': number})
                if number >= fault.first and (not fault.times or number < fault.first + fault.times):
                    due.append(fault)
        return tuple(due)

    def log(self, call: Call) -> None:
        """Write a call down."""
        os.write(self._log, (json.dumps(asdict(call)) + '\n').encode())

    def crash(self, call: Call) -> NoReturn:
        """Die as a process does that nobody asked to."""
        self.log(Call(call.provider, call.method, call.type, call.name, error='crashed'))
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError('unreachable')


class Throttled(Refused):
    """The cloud refuses for now."""


def write_faults(folder: Path, *faults: Fault) -> None:
    """Let these go wrong from now on, for providers that start after this; counting begins anew."""
    (folder / 'faults.json').write_text(json.dumps([asdict(fault) for fault in faults]), encoding='utf-8')
    (folder / 'fault-counts.jsonl').unlink(missing_ok=True)


def held(folder: Path) -> set[str]:
    """The logical names of what waits to be let go on."""
    return {each.name for each in (folder / HELD).glob('*')}


def release(folder: Path) -> None:
    """Let everything go on that waits."""
    for each in (folder / HELD).glob('*'):
        each.unlink()


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """The script, empty when there is none."""
    script = folder / 'faults.json'
    if not script.exists():
        return ()
    return tuple(Fault(**{**each, 'do': Do(each['do'])}) for each in json.loads(script.read_text(encoding='utf-8')))


def calls(folder: Path) -> list[Call]:
    """Every call so far, in the order in which they ended."""
    log = folder / 'calls.jsonl'
    return [Call(**json.loads(line)) for line in log.read_text(encoding='utf-8').splitlines()] if log.exists() else []


def forget_calls(folder: Path) -> None:
    """Begin the log anew."""
    log = folder / 'calls.jsonl'
    if log.exists():
        os.truncate(log, 0)


def writes(logged: Iterable[Call]) -> Iterator[Call]:
    """The calls that change something."""
    return (call for call in logged if call.method in {'Create', 'Update', 'Delete'} and not call.preview)
