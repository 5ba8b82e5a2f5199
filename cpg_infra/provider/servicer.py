"""Answers the engine's calls.

The SDK's own servicer leaves out what we need: the old inputs in a diff, a resource that is partly made, and errors
that people can read. So each call about a resource is answered here; what the SDK does well (plugin information,
refusing components and functions) is left to it.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias, TypeVar

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.provider.experimental.provider import Provider
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from cpg_infra.provider.cancelling import Cancelling
from cpg_infra.provider.checking import check
from cpg_infra.provider.engine_log import EngineLog
from cpg_infra.provider.operation import Operation, diff_response, type_of
from cpg_infra.provider.redaction import Redaction
from cpg_infra.provider.resource import PartlyDoneError, RefusedError, State
from cpg_infra.provider.schema import SCHEMA
from cpg_infra.provider.schema_document import schema_document
from cpg_infra.provider.services import Services
from cpg_infra.provider.settings import CONFIGURATION, faults, settings
from cpg_infra.provider.values import NotPlainError, read_properties, write_properties

Context: TypeAlias = 'grpc.aio.ServicerContext[object, object]'
_Answer = TypeVar('_Answer')

_PREFIX = 'cpg:config:'


class Servicer(ProviderServicer):
    """The provider as the engine sees it. `environment` is where settings come from that nobody configured."""

    def __init__(self, version: str, environment: Mapping[str, str]) -> None:
        super().__init__([], version, Provider(), engine_address='')
        self._environment = environment
        self._redaction = Redaction()
        self._cancelling = Cancelling()
        self._services: Services | None = None
        self.log = EngineLog(self._redaction)

    async def close(self) -> None:
        """Let go of the engine and of the services."""
        await self.log.close()
        if self._services is not None:
            await self._services.close()

    # The provider itself ----------------------------------------------------------------------------------

    async def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> Empty:
        """Serve another engine from now on."""
        await self.log.attach(request.address)
        return Empty()

    async def Cancel(self, request: Empty, context: Context) -> Empty:
        """Finish soon. Sent at the end of every run too."""
        self._cancelling.cancel()
        return Empty()

    async def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: Context
    ) -> provider_pb2.GetSchemaResponse:
        """The types and the configuration."""
        return provider_pb2.GetSchemaResponse(schema=schema_document(self._version))

    async def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        """Check the configuration, and see to it that tokens are stored encrypted."""
        values, secret = read_properties(request.news)
        tokens = frozenset(key for key, each in CONFIGURATION.items() if each.secret)
        failures = [
            provider_pb2.CheckFailure(property=fault.path, reason=fault.reason)
            for fault in faults(values)
            if fault.path not in tokens
        ]
        return provider_pb2.CheckResponse(inputs=write_properties(values, secret | tokens), failures=failures)

    async def DiffConfig(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        """A changed configuration never replaces anything."""
        same = read_properties(request.olds)[0] == read_properties(request.news)[0]
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=none if same else some)

    async def Configure(
        self, request: provider_pb2.ConfigureRequest, context: Context
    ) -> provider_pb2.ConfigureResponse:
        """Take the settings for what follows."""
        values, _ = read_properties(request.args)
        given = {key.removeprefix(_PREFIX): value for key, value in request.variables.items()} | values
        previous, self._services = self._services, self._serve(given)
        if previous is not None:
            await previous.close()
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def _serve(self, given: Mapping[str, object]) -> Services:
        known = {key: value for key, value in given.items() if isinstance(value, str | float | Mapping)}
        return Services(settings(known, self._environment), self._redaction, self._cancelling, self._environment)

    # Resources --------------------------------------------------------------------------------------------

    async def Check(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        """Faults of the inputs. The inputs are taken as they are, and their secrets are marked as such."""

        async def answer(operation: Operation) -> provider_pb2.CheckResponse:
            (news,) = operation.values
            found = [*check(news, SCHEMA[type_of(request.urn)].inputs)]
            failures = operation.failures(iter([*found, *operation.kind.check(news)]))
            return provider_pb2.CheckResponse(inputs=operation.mark(request.news), failures=failures)

        return await self._answer(context, request.urn, answer, request.news)

    async def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        """What an update would change. Calls nobody."""

        async def answer(operation: Operation) -> provider_pb2.DiffResponse:
            outputs, news, inputs = operation.values
            state = State(request.id, inputs, outputs)
            return diff_response([*operation.kind.diff(state, news)])

        return await self._answer(context, request.urn, answer, request.olds, request.news, request.old_inputs)

    async def Create(self, request: provider_pb2.CreateRequest, context: Context) -> provider_pb2.CreateResponse:
        """Make a resource, or say what a preview would."""

        async def answer(operation: Operation) -> provider_pb2.CreateResponse:
            (news,) = operation.values
            if request.preview:
                return provider_pb2.CreateResponse(properties=operation.write(operation.kind.planned(None, news)))
            operation.refuse_unknown(news)
            created = await operation.kind.create(news, operation.report)
            return provider_pb2.CreateResponse(id=created.id, properties=operation.write(created.outputs))

        return await self._answer(context, request.urn, answer, request.properties)

    async def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> provider_pb2.UpdateResponse:
        """Change a resource, or say what a preview would."""

        async def answer(operation: Operation) -> provider_pb2.UpdateResponse:
            news, outputs, inputs = operation.values
            state = State(request.id, inputs, outputs)
            if request.preview:
                return provider_pb2.UpdateResponse(properties=operation.write(operation.kind.planned(state, news)))
            operation.refuse_unknown(news)
            changed = await operation.kind.update(state, news, operation.report)
            return provider_pb2.UpdateResponse(properties=operation.write(changed))

        return await self._answer(context, request.urn, answer, request.news, request.olds, request.old_inputs)

    async def Read(self, request: provider_pb2.ReadRequest, context: Context) -> provider_pb2.ReadResponse:
        """What exists, for a refresh or an import. An answer without id means that it is gone."""

        async def answer(operation: Operation) -> provider_pb2.ReadResponse:
            outputs, inputs = operation.values
            found = await operation.kind.read(State(request.id, inputs, outputs), operation.report)
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=found.id, properties=operation.write(found.outputs), inputs=operation.write(found.inputs)
            )

        return await self._answer(context, request.urn, answer, request.properties, request.inputs)

    async def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> Empty:
        """Remove a resource, as far as its type does."""

        async def answer(operation: Operation) -> Empty:
            outputs, inputs = operation.values
            await operation.kind.delete(State(request.id, inputs, outputs), operation.report)
            return Empty()

        return await self._answer(context, request.urn, answer, request.properties, request.old_inputs)

    async def _answer(
        self, context: Context, urn: str, answer: Callable[[Operation], Awaitable[_Answer]], *messages: Struct
    ) -> _Answer:
        """Answer, or fail with one clean sentence. The first message is what is asked for."""
        operation: Operation | None = None
        try:
            operation = self._operation(urn, messages)
            return await answer(operation)
        except PartlyDoneError as error:
            if operation is None:
                raise
            status = operation.partly_done(error, operation.values[0])
            details = (('grpc-status-details-bin', status.SerializeToString()),)
            await context.abort(grpc.StatusCode.UNKNOWN, status.message, details)
        except (RefusedError, NotPlainError) as error:
            await context.abort(grpc.StatusCode.UNKNOWN, self._clean(operation, str(error)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told without secrets
            sys.stderr.write(self._clean(operation, ''.join(traceback.format_exception(error))))
            message = self._clean(operation, f'a fault of the provider cpg itself: {type(error).__name__}: {error}')
            await context.abort(grpc.StatusCode.UNKNOWN, message)
        finally:
            await self.log.flush()
        raise AssertionError('abort raises')

    def _operation(self, urn: str, messages: tuple[Struct, ...]) -> Operation:
        token = type_of(urn)
        if self._services is None:
            self._services = self._serve({})
        kind = self._services.kinds.get(token)
        if kind is None:
            raise RefusedError(f'the provider cpg has no type {token}; there are {", ".join(SCHEMA)}')
        return Operation(urn, kind, self.log, self._redaction, messages)

    def _clean(self, operation: Operation | None, message: str) -> str:
        return self._redaction.clean(message) if operation is None else operation.clean(message)
