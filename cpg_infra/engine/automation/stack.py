"""One stack, and what can be done with it. Each operation is one process of the CLI.

Previews work on a copy of the state, in a file backend of their own. So they change nothing by construction, need no
stack to exist, and show every step, those that protection would refuse too.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from pulumi import automation as auto
from pulumi.automation.errors import CommandError

from cpg_infra.engine.automation.asking import ask
from cpg_infra.engine.automation.backend import Backend
from cpg_infra.engine.automation.failures import EngineError, StackLockedError, StackMissingError, explain
from cpg_infra.engine.automation.host import use_host
from cpg_infra.engine.automation.ids import Question
from cpg_infra.engine.automation.locks import Lock, locked, locks_in, locks_in_text
from cpg_infra.engine.automation.outcome import Gathering, Listener, Outcome
from cpg_infra.engine.automation.project import Project
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.repair import not_told, questions, with_taken_over
from cpg_infra.engine.automation.state import State, read_state

Program: TypeAlias = Callable[[], None]

_ALWAYS: Final = {'PULUMI_SKIP_UPDATE_CHECK': 'true'}
_BY_DEFAULT: Final = {'PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION': 'true'}
_TOLD_BY_EVENT: Final = frozenset({'provider-missing', 'passphrase-missing', 'passphrase-wrong', 'stopped'})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stack is. `parallel` is how many resources are worked on at once; None is the engine's default."""

    backend: Backend
    project: Project
    stack: str
    parallel: int | None = None

    @property
    def full_name(self) -> str:
        """The name that needs no project's folder."""
        return f'organization/{self.project.name}/{self.stack}'


class Stack:
    """A stack, opened with `opened`. `state` is what was exported then."""

    def __init__(self, cli: PulumiCli, place: Place, work: Path, state: State, listener: Listener) -> None:
        self.place = place
        self.state = state
        self._cli = cli
        self._work = work
        self._listener = listener
        place.project.write(work, place.stack, state)

    # Looking ----------------------------------------------------------------------------------------------

    def preview(self, program: Program) -> Outcome:
        """What `up` would do."""
        return self._on_copy(program, lambda stack, options: stack.preview(**options))

    def preview_destroy(self) -> Outcome:
        """What `destroy` would do."""
        return self._on_copy(None, lambda stack, options: stack.preview_destroy(**options))

    def preview_refresh(self) -> Outcome:
        """How the clouds differ from the state."""
        return self._on_copy(None, lambda stack, options: stack.preview_refresh(**options))

    # Changing ---------------------------------------------------------------------------------------------

    def create(self) -> None:
        """Make the stack. Raises `EngineError`."""
        self._plainly('stack', 'init', self.place.stack)

    def up(self, program: Program) -> Outcome:
        """Deploy."""
        return self._operate(program, lambda stack, options: stack.up(**options))

    def refresh(self) -> Outcome:
        """Take over what is in the clouds into the state."""
        return self._operate(None, lambda stack, options: stack.refresh(**options))

    def destroy(self) -> Outcome:
        """Delete everything in the stack."""
        return self._operate(None, lambda stack, options: stack.destroy(**options))

    def unprotect(self, urns: Iterable[str]) -> None:
        """Let these be deleted and replaced. Raises `EngineError`."""
        if listed := sorted(urns):
            self._plainly('state', 'unprotect', *listed, '--yes')

    def repair(self) -> None:
        """Take over what a killed run was making, as far as it is there. Raises `EngineError`."""
        for remark in not_told(self.state):
            self._say(remark)
        export, urns = with_taken_over(self.state, self._asked(questions(self.state)))
        file = self._work / 'repaired.json'
        file.touch(mode=0o600)
        file.write_text(json.dumps(export), encoding='utf-8')
        # Drops what is pending; refused while anybody holds the lock.
        self._plainly('stack', 'import', '--file', str(file))
        if urns:
            outcome = self._operate(None, lambda stack, options: stack.refresh(target=list(urns), **options))
            if outcome.error:
                raise outcome.error

    def clear_abandoned_locks(self) -> bool:
        """Clear the locks of runs on this machine that are gone; whether there were any.

        Raises `StackLockedError` when anybody else holds the stack.
        """
        return self._clear(locks_in(self.place.backend, self.place.project.name, self.place.stack))

    # ------------------------------------------------------------------------------------------------------

    def _asked(self, asked: Mapping[str, Question]) -> Mapping[str, str]:
        """The ids of what is there, by the keys of the questions. Whatever has no answer is not there."""
        if not asked:
            return {}
        ids: dict[str, str] = {}
        with tempfile.TemporaryDirectory(prefix='cpg-infra-look-up-') as folder:
            self.state.without_resources.write_copy(Path(folder), self.place.project.name, self.place.stack)
            self._run(
                f'file://{folder}',
                partial(ask, asked, ids),
                lambda stack, options: stack.preview(**options),
                # Nothing is previewed, and a question without an answer is no failure.
                Gathering(self.place.stack, lambda _: None),
            )
        return ids

    def _on_copy(self, program: Program | None, operate: Callable[[auto.Stack, dict[str, Any]], object]) -> Outcome:
        with tempfile.TemporaryDirectory(prefix='cpg-infra-preview-') as folder:
            self.state.write_copy(Path(folder), self.place.project.name, self.place.stack)
            return self._run(f'file://{folder}', program, operate)

    def _operate(self, program: Program | None, operate: Callable[[auto.Stack, dict[str, Any]], object]) -> Outcome:
        outcome = self._run(self.place.backend.url, program, operate)
        if isinstance(outcome.error, StackLockedError) and self._clear(self._locks_said()):
            return self._run(self.place.backend.url, program, operate)
        return outcome

    def _run(
        self,
        url: str,
        program: Program | None,
        operate: Callable[[auto.Stack, dict[str, Any]], object],
        gathering: Gathering | None = None,
    ) -> Outcome:
        workspace = _Workspace(
            work_dir=str(self._work),
            env_vars=environment(url),
            program=program or _nothing,
            pulumi_command=self._cli,
        )
        use_host()
        stack = auto.Stack.select(self.place.stack, workspace)
        # An `up` asks for outputs and for the history when it is done: three processes that nobody needs.
        stack.outputs = dict  # type: ignore[method-assign]  # on purpose, see above
        stack.info = _no_summary  # type: ignore[method-assign, assignment]  # likewise
        gathering = gathering or Gathering(self.place.stack, self._listener)
        begun = time.monotonic()
        options = {'on_event': gathering, 'parallel': self.place.parallel, 'suppress_progress': True, 'color': 'never'}
        with warnings.catch_warnings():
            # The SDK warns of an event that it cannot read by showing it, secrets and all.
            warnings.filterwarnings('ignore', message='Failed to parse engine event')
            try:
                operate(stack, options)
            except CommandError as error:
                gathering.outcome.error = self._explained(error, gathering.outcome)
        gathering.outcome.seconds = time.monotonic() - begun
        return gathering.outcome

    def _explained(self, error: CommandError, outcome: Outcome) -> EngineError:
        place = self.place
        said = self._cli.result.stderr if self._cli.result else str(error)
        code = self._cli.result.code if self._cli.result else 1
        found = explain(said, code, place.backend, place.project.name, place.stack)
        if isinstance(found, StackLockedError):
            return locked(self._locks_said(), place.backend, place.project.name, place.stack)
        if found.kind != 'engine':
            return found
        for complaint in outcome.errors:
            known = explain(complaint.message, code, place.backend, place.project.name, place.stack)
            if known.kind in _TOLD_BY_EVENT:
                return known
        if outcome.failed:
            count = len(set(outcome.failed))
            return EngineError(f'{count} {"resource" if count == 1 else "resources"} failed', 'failed')
        return EngineError('the engine stopped: see above', 'failed') if outcome.errors else found

    def _locks_said(self) -> tuple[Lock, ...]:
        return locks_in_text(self._cli.result.stderr if self._cli.result else '')

    def _clear(self, locks: tuple[Lock, ...]) -> bool:
        if not locks:
            return False
        if not all(lock.is_abandoned for lock in locks):
            raise locked(locks, self.place.backend, self.place.project.name, self.place.stack)
        for lock in locks:
            self._say(f'the lock of {lock} is cleared: that process is gone')
        self._plainly('cancel', '--yes')
        return True

    def _say(self, message: str) -> None:
        self._listener({'event': 'note', 'stack': self.place.stack, 'message': message})

    def _plainly(self, *arguments: str) -> str:
        return run_plainly(self._cli, self.place, self._work, *arguments)


@contextmanager
def opened(cli: PulumiCli, place: Place, listener: Listener) -> Iterator[Stack]:
    """The stack at a place, which need not exist. Raises `EngineError` when the backend does not answer."""
    with tempfile.TemporaryDirectory(prefix='cpg-infra-work-') as folder:
        work = Path(folder)
        yield Stack(cli, place, work, exported(cli, place, work), listener)


def exported(cli: PulumiCli, place: Place, work: Path) -> State:
    """The state of a stack, secrets encrypted. Raises `EngineError`."""
    folder = place.backend.folder
    if folder is not None and (found := read_state(folder, place.project.name, place.stack)) is not None:
        return found
    try:
        # Outside of any project's folder: no settings are needed, and no passphrase.
        return State.from_text(run_plainly(cli, place, work, 'stack', 'export', by_full_name=True))
    except StackMissingError:
        return State()


def run_plainly(cli: PulumiCli, place: Place, work: Path, *arguments: str, by_full_name: bool = False) -> str:
    """What a command of the CLI prints. Raises `EngineError`."""
    name = place.full_name if by_full_name else place.stack
    named = [] if arguments[:2] == ('stack', 'init') else ['--stack', name]
    try:
        return cli.run([*arguments, *named], str(work), environment(place.backend.url)).stdout
    except CommandError as error:
        said, code = (cli.result.stderr, cli.result.code) if cli.result else (str(error), 1)
        raise explain(said, code, place.backend, place.project.name, place.stack) from None


class _Workspace(auto.LocalWorkspace):
    def select_stack(self, stack_name: str) -> None:
        """Every command names its stack: no need to select it first."""


def environment(url: str) -> dict[str, str]:
    """What the CLI needs beside our own environment, to work on a backend."""
    defaults = {key: value for key, value in _BY_DEFAULT.items() if key not in os.environ}
    return {**_ALWAYS, **defaults, 'PULUMI_BACKEND_URL': url}


def _no_summary(*_: object) -> object:
    return object()


def _nothing() -> None:
    """The program of operations that run none."""
