"""Functions (second generation), the jobs that call them on a schedule, and who may invoke them.

Where a function has no fixed name its provider makes one up, so its service is known by reference. It never runs twice
at once, and is not reachable from outside unless its program says so.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cpg_infra.abstraction import By, Function, Secret
from cpg_infra.plan import AssetKind, Principal, Ref, ServiceRole, Text, Value
from cpg_infra.plugins.google.project import PluginProject

RUNTIME: Final = 'python311'
LONGEST_CALL: Final = '1800s'
"""How long a scheduled call waits for its answer: the most that Cloud Scheduler allows. The function goes on."""
_MESSAGE: Final = 'google.cloud.pubsub.topic.v1.messagePublished'


@dataclass(frozen=True, slots=True)
class Shape:
    """How much a function is given: memory as Google writes it, CPUs, seconds until it is stopped."""

    memory: str = '1Gi'
    cpu: str = '1'
    seconds: int = 540


@dataclass(frozen=True, slots=True)
class Code:
    """Where the code of a function lies, and the logical name of what puts it there."""

    bucket: str
    object: str
    resource: str


@dataclass(frozen=True, slots=True)
class Program:
    """What a function runs: code, where in it to begin, what it is given, and its environment variables.

    `secrets` are environment variables too: the latest versions of secrets that its account may read. `name` fixes the
    function's name; `reachable` lets calls in from outside the project, which still need an invoker's token.
    """

    entry_point: str
    code: Code
    shape: Shape
    environment: Mapping[str, Text]
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    name: str | None = None
    reachable: bool = False


class Functions:
    """Makes the functions of one plugin, in one project and region."""

    def __init__(self, project: PluginProject, region: str) -> None:
        self._project = project
        self._cloud = project.cloud
        self._region = region

    def declare(
        self,
        logical: str,
        program: Program,
        account: Principal,
        by: By,
        *,
        topic: Text | None = None,
        depends_on: Iterable[str] = (),
    ) -> Function:
        """A function that runs as `account`; with a `topic` each message there calls it, as that account."""
        code, shape = program.code, program.shape
        needed = {code.resource, *depends_on}
        made_by = self._cloud.state.made_by.get(account.key)
        if made_by is not None:
            needed.add(made_by)
        inputs: dict[str, Value] = {
            'location': self._region,
            'project': self._project.name,
            'buildConfig': {
                'runtime': RUNTIME,
                'entryPoint': program.entry_point,
                'source': {'storageSource': {'bucket': code.bucket, 'object': code.object}},
            },
            'serviceConfig': {
                'minInstanceCount': 0,
                'maxInstanceCount': 1,
                'availableMemory': shape.memory,
                'availableCpu': shape.cpu,
                'timeoutSeconds': shape.seconds,
                'ingressSettings': 'ALLOW_ALL' if program.reachable else 'ALLOW_INTERNAL_ONLY',
                'serviceAccountEmail': account.address,
                'environmentVariables': dict(program.environment),
                **_secrets(program),
            },
        }
        if program.name is not None:
            inputs['name'] = program.name
        if topic is not None:
            inputs['eventTrigger'] = {
                'eventType': _MESSAGE,
                'pubsubTopic': topic,
                'triggerRegion': self._region,
                'retryPolicy': 'RETRY_POLICY_DO_NOT_RETRY',
                'serviceAccountEmail': account.address,
            }
        physical = f'{self._project.name}/{self._region}/{program.name or f"{logical}-*"}'
        resource = self._cloud.raw(
            logical,
            'gcp:cloudfunctionsv2/function:Function',
            physical,
            inputs,
            by,
            kind=AssetKind.FUNCTION,
            depends_on=needed,
        )
        return Function(
            resource.intents[0],
            self._cloud.cloud,
            physical,
            logical,
            self._project.name,
            self._region,
            program.name or Ref(logical, 'name'),
        )

    def let_invoke(self, principal: Principal, function: Function, by: By) -> None:
        """Let `principal` invoke a function."""
        self._cloud.grant(principal, ServiceRole.INVOKE, function, by)

    def schedule(
        self,
        logical: str,
        function: Function,
        schedule: str,
        zone: str,
        account: Principal,
        by: By,
        *,
        body: str = '{}',
        depends_on: Iterable[str] = (),
    ) -> None:
        """Call a function on a schedule, as `account`, which may then invoke it. `body` is JSON."""
        self.let_invoke(account, function, by)
        url = Ref(str(function.resource), 'url')
        self._cloud.raw(
            logical,
            'gcp:cloudscheduler/job:Job',
            f'{self._project.name}/{self._region}/{logical}-*',
            {
                'project': self._project.name,
                'region': self._region,
                'schedule': schedule,
                'timeZone': zone,
                'attemptDeadline': LONGEST_CALL,
                'httpTarget': {
                    'uri': url,
                    'httpMethod': 'POST',
                    'headers': {'Content-Type': 'application/json'},
                    'body': base64.b64encode(body.encode()).decode(),
                    'oidcToken': {'serviceAccountEmail': account.address, 'audience': url},
                },
            },
            by,
            depends_on=[str(function.resource), *depends_on],
        )


def _secrets(program: Program) -> dict[str, Value]:
    variables: list[Value] = [
        {'key': key, 'projectId': secret.project, 'secret': secret.name, 'version': 'latest'}
        for key, secret in sorted(program.secrets.items())
    ]
    return {'secretEnvironmentVariables': variables} if variables else {}
