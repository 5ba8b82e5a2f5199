"""Functions, the jobs that call them, and services on Cloud Run."""

from __future__ import annotations

from typing import Any, Final

from tests.simulated_cloud.gcp.lookups import EPOCH, project, require_api
from tests.simulated_cloud.kind import Inputs, Made, Thing
from tests.simulated_cloud.world import Refused, World

FUNCTIONS_API: Final = 'cloudfunctions.googleapis.com'
JOBS_API: Final = 'cloudscheduler.googleapis.com'
RUN_API: Final = 'run.googleapis.com'


def _refuse_account(world: World, account: str | None) -> None:
    owner = (account or '').partition('@')[2].removesuffix('.iam.gserviceaccount.com')
    if account is not None and world.get(f'project {owner}') and world.sees(f'account {account}') is None:
        raise Refused(f'googleapi: Error 404: Service account {account} was not found., notFound')


def _refuse_function(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], FUNCTIONS_API)
    source = inputs['buildConfig']['source']['storageSource']
    if world.sees(f'object {source["bucket"]}/{source["object"]}') is None:
        raise Refused(f'Error creating function: googleapi: Error 400: No such object: {source["object"]}, badRequest')
    service = inputs['serviceConfig']
    _refuse_account(world, service.get('serviceAccountEmail'))
    for variable in service.get('secretEnvironmentVariables') or ():
        if world.sees(f'secret {variable["projectId"]}/{variable["secret"]}') is None:
            raise Refused(f'Error creating function: googleapi: Error 404: Secret {variable["secret"]} was not found.')
    topic = (inputs.get('eventTrigger') or {}).get('pubsubTopic')
    if topic is not None and world.sees(f'topic {topic}') is None:
        raise Refused(
            f'Error creating function: googleapi: Error 404: Resource not found (resource={topic})., notFound'
        )


def _function_outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    name = inputs['name']
    return {
        'url': f'https://{inputs["location"]}-{inputs["project"]}.cloudfunctions.net/{name}',
        'state': 'ACTIVE',
        'environment': 'GEN_2',
        'updateTime': EPOCH,
    }


class _Function(Thing):
    """A function is served by a service of the same name, whose policy says who may call it."""

    def create(self, world: World, inputs: Inputs) -> Made:
        made = super().create(world, inputs)
        world.put(f'run {_place(made.properties)}', {'type': 'function', 'id': made.id, 'inputs': {}, 'outputs': {}})
        return made

    def delete(self, world: World, id_: str, known: Inputs) -> None:
        super().delete(world, id_, known)
        world.remove(f'run {_place(known)}')
        world.remove(f'policy run {_place(known)}')


def _place(at: Inputs) -> str:
    return f'{at["project"]}/{at["location"]}/{at["name"]}'


FUNCTION = _Function(
    'gcp:cloudfunctionsv2/function:Function',
    key=lambda inputs: f'function {_place(inputs)}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/locations/{inputs["location"]}/functions/{inputs["name"]}',
    required=('location',),
    replaces=frozenset({'name', 'project', 'location'}),
    refuse=_refuse_function,
    outputs=_function_outputs,
    autonamed=True,
    taken=lambda inputs: f'Error creating function: googleapi: Error 409: {inputs["name"]} already exists',
)


def _refuse_job(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], JOBS_API)
    _refuse_account(world, inputs['httpTarget']['oidcToken']['serviceAccountEmail'])


JOB = Thing(
    'gcp:cloudscheduler/job:Job',
    key=lambda inputs: f'job {inputs["project"]}/{inputs["region"]}/{inputs["name"]}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/locations/{inputs["region"]}/jobs/{inputs["name"]}',
    replaces=frozenset({'name', 'project', 'region'}),
    refuse=_refuse_job,
    outputs=lambda _, __: {'state': 'ENABLED'},
    autonamed=True,
)


def _refuse_service(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], RUN_API)
    _refuse_account(world, inputs['template'].get('serviceAccount'))


SERVICE_ON_RUN = Thing(
    'gcp:cloudrunv2/service:Service',
    key=lambda inputs: f'run {_place(inputs)}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/locations/{inputs["location"]}/services/{inputs["name"]}',
    required=('location', 'template'),
    replaces=frozenset({'name', 'project', 'location'}),
    refuse=_refuse_service,
    outputs=lambda world, inputs: (
        {'uri': f'https://{inputs["name"]}.a.run.app'} if project(world, inputs['project']) else {}
    ),
    taken=lambda inputs: f'Error creating Service: googleapi: Error 409: {inputs["name"]} already exists',
)
