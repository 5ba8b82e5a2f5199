"""Looks into a simulated cloud, and changes it by hand: `python -m tests.simulated_cloud show 'bucket .*'`.

The cloud is in the folder that the environment names in `SIMULATED_CLOUD`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import Final

from tests.simulated_cloud.azure.lookups import made_up_id
from tests.simulated_cloud.faults import calls
from tests.simulated_cloud.journal import Journal, Thing, Transaction

CLOUDS: Final = ('gcp', 'azure')


def main() -> int:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(prog='cloud', description='A simulated cloud, by hand.')
    commands = parser.add_subparsers(dest='command', required=True)
    show = commands.add_parser('show', help='the things whose key matches, as JSON')
    show.add_argument('pattern', nargs='?', default='')
    put = commands.add_parser('set', help='set one input of a thing, such as `versioning` to `{"enabled": false}`')
    put.add_argument('key')
    put.add_argument('input')
    put.add_argument('value', help='JSON')
    remove = commands.add_parser('remove', help='delete a thing')
    remove.add_argument('key')
    grant = commands.add_parser(
        'grant', help='give a role on a thing to a member; on Azure, a role definition to an object id'
    )
    grant.add_argument('thing')
    grant.add_argument('role')
    grant.add_argument('member')
    commands.add_parser('calls', help='what providers were asked to change')
    options = parser.parse_args()
    return _run(options, Path(os.environ['SIMULATED_CLOUD']))


def _run(options: argparse.Namespace, folder: Path) -> int:
    if options.command == 'calls':
        for call in calls(folder):
            if call.method in {'Create', 'Update', 'Delete'} and not call.preview:
                sys.stdout.write(f'{call.method} {call.type} {call.name} {call.error}\n')
        return 0
    clouds = [Journal(folder / f'{name}.jsonl') for name in CLOUDS]
    if options.command == 'show':
        things = {key: thing for cloud in clouds for key, thing in cloud.things().items()}
        found = {key: thing for key, thing in things.items() if re.match(options.pattern, key)}
        sys.stdout.write(json.dumps(found, indent=2) + '\n')
        return 0
    key = options.thing if options.command == 'grant' else options.key
    for journal in clouds:
        with journal.transaction() as cloud:
            thing = cloud.get(key)
            if thing is not None:
                _change(options, cloud, key, thing)
                return 0
    sys.stderr.write(f'there is no {key}\n')
    return 1


def _change(options: argparse.Namespace, cloud: Transaction, key: str, thing: Thing) -> None:
    if options.command == 'set':
        cloud.put(key, {**thing, 'inputs': {**thing['inputs'], options.input: json.loads(options.value)}})
    elif options.command == 'remove':
        cloud.remove(key)
    elif 'Microsoft' in str(thing.get('id')) or key.startswith('resourcegroup '):
        name = made_up_id('by hand', key, options.role, options.member)
        inputs = {
            'scope': thing['id'],
            'roleDefinitionId': options.role,
            'principalId': options.member,
            'roleAssignmentName': name,
        }
        cloud.put(f'assignment {name}', {'type': 'by hand', 'id': name, 'inputs': inputs, 'outputs': {}})
    else:
        policy = cloud.get(f'policy {key}') or {'type': 'policy', 'roles': {}, 'etag': 'by hand'}
        members = [*policy['roles'].get(options.role, ()), options.member]
        cloud.put(f'policy {key}', {**policy, 'roles': {**policy['roles'], options.role: members}})


if __name__ == '__main__':
    sys.exit(main())
