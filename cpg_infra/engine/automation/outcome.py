"""What one operation of the engine did, gathered from its events.

Nine of ten events are debug messages, which hold secret stack outputs in clear: they are dropped at once. Of the rest
a listener is told kinds, names and keys, never a value.
"""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pulumi.automation.events import DiagnosticEvent, EngineEvent, StepEventMetadata

from cpg_infra.engine.automation.failures import EngineError

Told: TypeAlias = Mapping[str, object]
"""An event as it is told: plain data, no values of resources."""

Listener: TypeAlias = Callable[[Told], None]

QUIET: Final = frozenset({'same', 'read', 'refresh'})
"""What changes nothing."""

_OWN: Final = 'pulumi:'
_SECRETS: Final = ('PULUMI_CONFIG_PASSPHRASE',)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one resource. `old` and `new` are its inputs, secrets masked; `changed` the keys that differ."""

    op: str
    urn: str
    type: str
    changed: tuple[str, ...] = ()
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    retain: bool = False

    @property
    def name(self) -> str:
        """The logical name."""
        return name_of(self.urn)

    @property
    def changes(self) -> bool:
        """Whether anything is different afterwards."""
        return self.op not in QUIET


@dataclass(frozen=True, slots=True)
class Complaint:
    """A diagnostic of the engine or of a provider; `urn` is empty when it is about the whole."""

    severity: str
    message: str
    urn: str = ''

    def __str__(self) -> str:
        return f'{name_of(self.urn)}: {self.message}' if self.urn else self.message


@dataclass
class Outcome:
    """What came of an operation. `error` is None when it ended well."""

    stack: str
    steps: list[Step] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    """How many resources, by what was done to them."""
    failed: list[str] = field(default_factory=list)
    """URNs of what did not work."""
    complaints: list[Complaint] = field(default_factory=list)
    outputs_changed: bool = False
    seconds: float = 0.0
    error: EngineError | None = None

    @property
    def changing(self) -> tuple[Step, ...]:
        """The steps that change something."""
        return tuple(step for step in self.steps if step.changes)

    @property
    def has_changes(self) -> bool:
        """Whether anything is, or would be, different."""
        return bool(self.changing) or self.outputs_changed

    def after(self, earlier: Outcome) -> Outcome:
        """This and an earlier pass over the same stack, as one."""
        return dataclasses.replace(
            self,
            steps=[*earlier.changing, *self.steps],
            complaints=[*earlier.complaints, *self.complaints],
            seconds=earlier.seconds + self.seconds,
        )

    @property
    def errors(self) -> tuple[Complaint, ...]:
        """What the engine or a provider calls an error."""
        return tuple(each for each in self.complaints if each.severity == 'error')


class Gathering:
    """Takes in the engine's events, one after the other, and tells a listener of them."""

    def __init__(self, stack: str, listener: Listener) -> None:
        self.outcome = Outcome(stack)
        self._listener = listener
        self._said: set[Complaint] = set()
        self._read: set[str] = set()

    def __call__(self, event: EngineEvent) -> None:
        """Take in one event."""
        if event.diagnostic_event:
            self._diagnostic(event.diagnostic_event)
        elif event.resource_pre_event:
            self._began(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._ended(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            metadata = event.res_op_failed_event.metadata
            if not metadata.type.startswith(_OWN):
                self.outcome.failed.append(metadata.urn)
                self._tell('failed', metadata)

    def _began(self, metadata: StepEventMetadata) -> None:
        if metadata.type.startswith(_OWN):
            return
        if metadata.op == 'refresh':
            self._read.add(metadata.urn)
        self.outcome.steps.append(_step(metadata))
        self._tell('began', metadata)

    def _ended(self, metadata: StepEventMetadata) -> None:
        if metadata.type.startswith(_OWN):
            if metadata.type == 'pulumi:pulumi:Stack' and metadata.old and metadata.new:
                self.outcome.outputs_changed |= (metadata.old.outputs or {}) != (metadata.new.outputs or {})
            return
        self.outcome.done[_op(metadata)] += 1
        if metadata.op != 'refresh' and metadata.urn in self._read:
            # What a refresh found is known when it is over.
            self.outcome.steps.append(_step(metadata))
        self._tell('done', metadata)

    def _diagnostic(self, said: DiagnosticEvent) -> None:
        if said.severity == 'debug' or said.ephemeral:
            return
        severity = 'info' if said.severity.startswith('info') else said.severity
        complaint = Complaint(severity, _without_secrets(said.message.strip()), said.urn or '')
        if not complaint.message or complaint in self._said or _is_of_no_use(complaint):
            return
        self._said.add(complaint)
        self.outcome.complaints.append(complaint)
        self._listener(
            {
                'event': 'diagnostic',
                'stack': self.outcome.stack,
                'severity': severity,
                'urn': complaint.urn,
                'message': complaint.message,
            }
        )

    def _tell(self, event: str, metadata: StepEventMetadata) -> None:
        self._listener(
            {
                'event': event,
                'stack': self.outcome.stack,
                'op': _op(metadata),
                'urn': metadata.urn,
                'keys': sorted(metadata.diffs or ()),
            }
        )


def name_of(urn: str) -> str:
    """The logical name in a URN."""
    return urn.rpartition('::')[2]


def _step(metadata: StepEventMetadata) -> Step:
    old, new = metadata.old, metadata.new
    return Step(
        _op(metadata),
        metadata.urn,
        metadata.type,
        tuple(sorted(metadata.diffs or ())),
        old.inputs if old else None,
        new.inputs if new else None,
        bool(old and old.retain_on_delete),
    )


def _op(metadata: StepEventMetadata) -> str:
    return str(metadata.op.value)


def _is_of_no_use(complaint: Complaint) -> bool:
    # One says that others said something, the other what we say ourselves in fewer words.
    if complaint.severity == 'error':
        return complaint.message in {'update failed', 'preview failed', 'refresh failed'}
    return complaint.severity == 'warning' and 'pending operations from previous deployment' in complaint.message


def _without_secrets(text: str) -> str:
    for variable in _SECRETS:
        if secret := os.environ.get(variable):
            text = text.replace(secret, '…')
    return text
