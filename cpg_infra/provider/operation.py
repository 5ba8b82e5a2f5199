"""One request about one resource: its values without marks, and how answers get theirs back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, status_pb2

from cpg_infra.provider.engine_log import EngineLog, ResourceLog
from cpg_infra.provider.redaction import Redaction
from cpg_infra.provider.resource import Change, ChangeKind, Fault, PartlyDoneError, RefusedError, ResourceKind
from cpg_infra.provider.schema import SCHEMA
from cpg_infra.provider.values import Properties, has_unknown, mark_secret, read_properties, texts_in, write_properties

_UNKNOWN_ERROR = 2
_KINDS = {
    (ChangeKind.ADD, False): provider_pb2.PropertyDiff.ADD,
    (ChangeKind.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (ChangeKind.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (ChangeKind.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (ChangeKind.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (ChangeKind.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


def type_of(urn: str) -> str:
    """The type token in a URN: the last of its types, after those of its parents."""
    return urn.split('::')[2].rpartition('$')[2] if urn.count('::') > 1 else urn


class Operation:
    """The values of a request, in the order of its messages, and everything that must know what is secret there."""

    def __init__(
        self, urn: str, kind: ResourceKind, log: EngineLog, redaction: Redaction, messages: Sequence[Struct]
    ) -> None:
        read = [read_properties(message) for message in messages]
        self.kind = kind
        self.values: list[Properties] = [values for values, _ in read]
        self._redaction = redaction
        self._schema = SCHEMA[type_of(urn)]
        self._declared = frozenset(key for key, each in self._schema.properties.items() if each.secret)
        self._marked = frozenset(key for _, keys in read for key in keys) - self._declared
        self._secret = self._declared | self._marked
        self._secret_texts = tuple(
            found for values in self.values for key in self._secret for found in texts_in(values.get(key))
        )
        self.report = ResourceLog(log, urn, self._secret_texts)

    def clean(self, message: str) -> str:
        """The message without secrets."""
        return self._redaction.clean(message, *self._secret_texts)

    def write(self, properties: Properties) -> Struct:
        """Properties with their marks.

        What is worked out from a value that the program keeps secret is secret. Of a type's own secrets the schema says
        what else is.
        """
        worked_out = properties.keys() & self._schema.outputs.keys() if self._marked else frozenset()
        return write_properties(properties, self._secret | worked_out)

    def mark(self, inputs: Struct) -> Struct:
        """Inputs as they are, with the type's own secrets marked: a program may have left that out."""
        return mark_secret(inputs, self._declared)

    def refuse_unknown(self, news: Properties) -> None:
        """Raise `RefusedError` when something is not known although everything should be."""
        for key, value in news.items():
            if has_unknown(value):
                raise RefusedError(f'{key} is not known, although this is no preview')

    def failures(self, faults: Iterator[Fault]) -> list[provider_pb2.CheckFailure]:
        """Faults as Pulumi wants them, each place once."""
        found: dict[str, provider_pb2.CheckFailure] = {}
        for fault in faults:
            key = fault.path.partition('[')[0].partition('.')[0]
            # Pulumi shows the value of the property that it is given, a secret one too, unless it finds none.
            path = f'{fault.path} (secret)' if key in self._secret else fault.path
            reason = self.clean(fault.reason)
            found.setdefault(fault.path, provider_pb2.CheckFailure(property=path, reason=reason))
        return list(found.values())

    def partly_done(self, error: PartlyDoneError, news: Properties) -> status_pb2.Status:
        """The status that makes Pulumi keep what was done, and try the rest in the next run."""
        reasons = [self.clean(reason) for reason in error.reasons]
        detail = provider_pb2.ErrorResourceInitFailed(
            id=error.resource_id, reasons=reasons, properties=self.write(error.outputs), inputs=self.write(news)
        )
        status = status_pb2.Status(code=_UNKNOWN_ERROR, message='; '.join(reasons))
        status.details.add().Pack(detail)
        return status


def diff_response(changes: list[Change]) -> provider_pb2.DiffResponse:
    """The changes as Pulumi wants them."""
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if changes else none,
        diffs=sorted({_top(change) for change in changes}),
        replaces=sorted({_top(change) for change in changes if change.replaces}),
        detailedDiff={
            change.path: provider_pb2.PropertyDiff(
                kind=_KINDS[change.kind, change.replaces], inputDiff=change.of_inputs
            )
            for change in changes
        },
        hasDetailedDiff=True,
    )


def _top(change: Change) -> str:
    return change.path.partition('[')[0].partition('.')[0]
