"""The gRPC service of a provider: what the engine asks, answered from a catalogue of types and a cloud in a file."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from tests.simulated_cloud import wire
from tests.simulated_cloud.busy import Busy
from tests.simulated_cloud.difference import Change, Difference, differences
from tests.simulated_cloud.faults import PAUSE, TRIES, Call, Do, Fault, Script, Throttled
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.kind import Inputs, Kind, Made
from tests.simulated_cloud.world import Refused, World

Function: TypeAlias = Callable[[World, Inputs], dict[str, Any]]
Answer = TypeVar('Answer')
Context: TypeAlias = grpc.ServicerContext


@dataclass(frozen=True)
class Catalogue:
    """What one provider serves: types and functions by token. `version` is that of the provider it stands for.

    Several providers may work on one `cloud`. A `bridged` provider is built on one for Terraform: what is absent and
    what is false are one to it, it compares with what is there and not with what was asked for, and it wraps errors.
    `alone` says, for a type whose writes must not meet, how the second one is refused; the same text is the same place.
    """

    name: str
    version: str
    cloud: str
    kinds: Mapping[str, Kind]
    functions: Mapping[str, Function]
    bridged: bool = True
    alone: Mapping[str, Callable[[Inputs], str]] = field(default_factory=dict)


class HalfDone(Exception):
    """The thing is there and not ready: the state keeps it, and the operation fails."""

    def __init__(self, made: Made, reason: str) -> None:
        self.made = made
        self.reason = reason
        super().__init__(reason)


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """One provider over one cloud, kept in `folder`."""

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        self.catalogue = catalogue
        self.folder = folder
        self.journal = Journal(folder / f'{catalogue.cloud}.jsonl')
        self.busy = Busy()
        self.script = Script(folder, catalogue.name)
        self.settings: Mapping[str, Any] = {}
        """What the engine said on configuring: of the stack for a default provider, of its own for another."""

    # What is asked once -----------------------------------------------------------------------------------

    def GetPluginInfo(self, request: Any, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.catalogue.version)

    def GetSchema(self, request: Any, context: Context) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema='{}')

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Context) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: Context) -> provider_pb2.ConfigureResponse:
        self.settings = wire.read(request.args)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Attach(self, request: Any, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: Context) -> provider_pb2.InvokeResponse:
        function = self.catalogue.functions.get(request.tok)
        if function is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f'the simulated cloud has no function {request.tok}')
        answer = self._serve(
            context,
            Call(self.catalogue.name, 'Invoke', request.tok, ''),
            lambda world, _: function(world, wire.read(request.args)),
        )
        return provider_pb2.InvokeResponse(**{'return': wire.write(answer)})  # type: ignore[arg-type]  # a keyword

    # What is asked of each resource -----------------------------------------------------------------------

    def Check(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        kind, inputs = self._kind(request, context), wire.read(request.news)
        failures = [
            (key, f'Missing required property {key!r}') for key in kind.required if inputs.get(key) in (None, '')
        ]
        failures += kind.check(inputs)
        self.script.log(self._call('Check', request, preview=True))
        if kind.autonamed and not inputs.get('name'):
            request.news.update({'name': _made_up_name(request), wire.DEFAULTS: ['name']})
        return provider_pb2.CheckResponse(
            inputs=request.news,
            failures=[provider_pb2.CheckFailure(property=key, reason=reason) for key, reason in failures],
        )

    def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        kind = self._kind(request, context)
        old, new = wire.read(request.old_inputs), wire.read(request.news)
        for key in request.ignoreChanges:
            if key in old:
                new[key] = old[key]
            else:
                new.pop(key, None)
        there = wire.read(request.olds) if self.catalogue.bridged else {}
        found = list(differences(there, old, new, kind.unordered, exact=not self.catalogue.bridged))
        replaces = sorted({each.key for each in found} & kind.replaces)
        self.script.log(self._call('Diff', request, preview=True))
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted({each.key for each in found}),
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and kind.delete_first,
            hasDetailedDiff=True,
            detailedDiff={each.path: _detail(each, each.key in kind.replaces) for each in found},
        )

    def Create(self, request: provider_pb2.CreateRequest, context: Context) -> provider_pb2.CreateResponse:
        kind, inputs = self._kind(request, context), wire.read(request.properties)
        call = self._call('Create', request, preview=request.preview)
        if request.preview:
            # Outputs that are left out are unknown to the program.
            self.script.log(call)
            return provider_pb2.CreateResponse(properties=wire.write(inputs))
        made = self._serve(context, call, lambda world, after: after(kind.create(world, inputs)), inputs)
        return provider_pb2.CreateResponse(id=made.id, properties=wire.write(made.properties, kind.secrets))

    def Read(self, request: provider_pb2.ReadRequest, context: Context) -> provider_pb2.ReadResponse:
        kind, known = self._kind(request, context), wire.read(request.properties)
        found = self._serve(
            context, self._call('Read', request), lambda world, _: (kind.read(world, request.id, known),)
        )[0]
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id, inputs=wire.write(found.inputs), properties=wire.write(found.properties, kind.secrets)
        )

    def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> provider_pb2.UpdateResponse:
        kind, new = self._kind(request, context), wire.read(request.news)
        old = {**wire.read(request.old_inputs), **wire.read(request.olds)}
        call = self._call('Update', request, preview=request.preview)
        if request.preview:
            self.script.log(call)
            return provider_pb2.UpdateResponse(properties=wire.write({**old, **new}, kind.secrets))
        made = self._serve(context, call, lambda world, after: after(kind.update(world, request.id, old, new)), new)
        return provider_pb2.UpdateResponse(properties=wire.write(made.properties, kind.secrets))

    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> empty_pb2.Empty:
        kind, known = self._kind(request, context), wire.read(request.properties)

        def delete(world: World, after: Callable[[Made], Made]) -> Made:
            kind.delete(world, request.id, known)
            return after(Made(request.id, {}, {}))

        self._serve(context, self._call('Delete', request), delete, known)
        return empty_pb2.Empty()

    # What they share --------------------------------------------------------------------------------------

    def _kind(self, request: Any, context: Context) -> Kind:
        token = _token(request.urn)
        kind = self.catalogue.kinds.get(token)
        if kind is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f'the simulated cloud has no type {token}')
        return kind

    def _call(self, method: str, request: Any, *, preview: bool = False) -> Call:
        return Call(self.catalogue.name, method, _token(request.urn), request.urn.rpartition('::')[2], preview)

    def _serve(
        self,
        context: Context,
        call: Call,
        act: Callable[[World, Callable[[Made], Made]], Answer],
        written: Inputs | None = None,
    ) -> Answer:
        """Carry a call out, with what goes wrong with it, and log it. `written`: of what is written, the properties."""
        alone = self.catalogue.alone.get(call.type)
        place = alone(written) if alone is not None and written is not None else None
        try:
            for attempt in range(1, TRIES + 1):
                call = dataclasses.replace(call, tries=attempt)
                try:
                    with self.busy.writing(place):
                        answer = self._attempt(call, act)
                    self.script.log(call)
                    return answer
                except Throttled:
                    if attempt == TRIES:
                        raise
                    time.sleep(PAUSE)
        except HalfDone as half:
            self.script.log(dataclasses.replace(call, error=half.reason))
            _abort_half_done(context, half)
        except Refused as refused:
            self.script.log(dataclasses.replace(call, error=str(refused)))
            text = f'1 error occurred:\n\t* {refused}\n\n' if self.catalogue.bridged else str(refused)
            context.abort(grpc.StatusCode.UNKNOWN, text)
        raise AssertionError('abort raises')

    def _attempt(self, call: Call, act: Callable[[World, Callable[[Made], Made]], Answer]) -> Answer:
        due = self.script.begin(call)
        lag = max((fault.lag for fault in due if fault.do is Do.LAG), default=0)
        made: list[Made] = []

        def note(thing: Made) -> Made:
            made.append(thing)
            return thing

        with self.journal.transaction() as transaction:
            world = World(transaction, lambda token: lag if token == call.type else 0, self.folder, self.settings)
            answer = act(world, note)
        for fault in due:
            self._afterwards(fault, call, made)
        return answer

    def _afterwards(self, fault: Fault, call: Call, made: list[Made]) -> None:
        if fault.do is Do.CRASH_AFTER:
            self.script.crash(call)
        if fault.do is Do.LOSE:
            raise Refused(fault.text)
        if fault.do is Do.HALF and made:
            raise HalfDone(made[0], fault.text)


def _made_up_name(request: provider_pb2.CheckRequest) -> str:
    """The name that the thing has, else its logical name with seven digits that the engine's seed decides."""
    known = wire.read(request.olds).get('name')
    return known or f'{request.urn.rpartition("::")[2]}-{request.randomSeed.hex()[:7]}'


def _token(urn: str) -> str:
    """The type of a resource, without its parents' types."""
    return urn.split('::')[2].rpartition('$')[2]


def _detail(difference: Difference, replaces: bool) -> provider_pb2.PropertyDiff:
    name = f'{difference.change}_REPLACE' if replaces else str(difference.change)
    return provider_pb2.PropertyDiff(
        kind=provider_pb2.PropertyDiff.Kind.Value(name), inputDiff=difference.change is not Change.DELETE
    )


def _abort_half_done(context: Context, half: HalfDone) -> None:
    detail = provider_pb2.ErrorResourceInitFailed(
        id=half.made.id,
        reasons=[half.reason],
        properties=wire.write(half.made.properties),
        inputs=wire.write(half.made.inputs),
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=half.reason)
    status.details.add().Pack(detail)
    context.set_trailing_metadata((('grpc-status-details-bin', status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, half.reason)
