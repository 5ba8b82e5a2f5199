"""Service accounts and their keys."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.simulated_cloud.gcp.lookups import EPOCH, number_of, project
from tests.simulated_cloud.gcp.names import ACCOUNT_ID
from tests.simulated_cloud.kind import Inputs, Made, Thing
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import Refused, World


def address(inputs: Inputs) -> str:
    """`<id>@<project>.iam.gserviceaccount.com`."""
    return f'{inputs["accountId"]}@{inputs["project"]}.iam.gserviceaccount.com'


def _refuse(world: World, inputs: Inputs) -> None:
    if inputs.get('project') is None:
        raise Refused("project: required field is not set: Could not find the provider's default project")
    # No API is asked for: that of IAM counts in the project of whoever deploys, not in the account's.
    project(world, inputs['project'])


def _outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    email = address(inputs)
    return {
        'email': email,
        'member': f'serviceAccount:{email}',
        'name': f'projects/{inputs["project"]}/serviceAccounts/{email}',
        'uniqueId': f'{number_of(world, inputs["project"])}{world.next_number():09}',
    }


class _Account(Thing):
    """An account of which the creation may find one that is there, when it was told to."""

    def create(self, world: World, inputs: Inputs) -> Made:
        self.refuse(world, inputs)
        if world.get(f'account {address(inputs)}') is not None and not inputs.get('createIgnoreAlreadyExists'):
            raise Refused(
                f'Error creating service account: googleapi: Error 409: Service account {inputs["accountId"]} already '
                f'exists within project projects/{inputs["project"]}., alreadyExists'
            )
        return super().create(world, inputs)


ACCOUNT = _Account(
    'gcp:serviceaccount/account:Account',
    key=lambda inputs: f'account {address(inputs)}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/serviceAccounts/{address(inputs)}',
    required=('accountId',),
    replaces=frozenset({'accountId', 'project'}),
    delete_first=True,
    wrong=named('accountId', ACCOUNT_ID),
    refuse=_refuse,
    outputs=_outputs,
)


def account_of(name: str) -> str:
    """The address in `projects/…/serviceAccounts/<address>`, or the address itself."""
    return name.rpartition('/')[2]


def _refuse_key(world: World, inputs: Inputs) -> None:
    email = account_of(inputs['serviceAccountId'])
    if world.sees(f'account {email}') is None:
        raise Refused(
            f'Error creating service account key: googleapi: Error 404: Service account projects/-/serviceAccounts/'
            f'{email} does not exist., notFound'
        )
    there = [name for name, _ in world.of_kind('key') if name.startswith(f'{email}/')]
    if len(there) >= KEYS_OF_AN_ACCOUNT:
        raise Refused(
            'Error creating service account key: googleapi: Error 429: Maximum number of keys on account reached., '
            'rateLimitExceeded'
        )


KEYS_OF_AN_ACCOUNT = 10


def _key_outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    email = account_of(inputs['serviceAccountId'])
    number = f'{world.next_number():040x}'
    file = {'type': 'service_account', 'client_email': email, 'private_key_id': number, 'private_key': 'not a real key'}
    owner = email.partition('@')[2].removesuffix('.iam.gserviceaccount.com')
    return {
        'name': f'projects/{owner}/serviceAccounts/{email}/keys/{number}',
        'privateKey': base64.b64encode(json.dumps(file).encode()).decode(),
        'publicKey': base64.b64encode(b'not a real key').decode(),
        'validAfter': EPOCH,
    }


KEY = Thing(
    'gcp:serviceaccount/key:Key',
    key=lambda inputs: f'key {account_of(inputs["serviceAccountId"])}/{inputs["name"].rpartition("/")[2]}',
    id=lambda _, outputs: str(outputs['name']),
    required=('serviceAccountId',),
    replaces=frozenset({'serviceAccountId', 'keyAlgorithm', 'privateKeyType', 'publicKeyType', 'publicKeyData'}),
    secrets=frozenset({'privateKey'}),
    refuse=_refuse_key,
    outputs=_key_outputs,
    unreadable=frozenset({'privateKey'}),
)
