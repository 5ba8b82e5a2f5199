"""Steps and states with defaults, of which a test says what matters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cpg_infra.engine.automation.backend import Backend
from cpg_infra.engine.automation.outcome import Outcome, Step
from cpg_infra.engine.automation.project import Project
from cpg_infra.engine.automation.run import Run
from cpg_infra.engine.automation.state import State

BUCKET = 'gcp:storage/bucket:Bucket'
BINDING = 'gcp:storage/bucketIAMBinding:BucketIAMBinding'
MEMBERS = 'cpg:google:GroupMembers'
GROUP = 'gcp:cloudidentity/group:Group'


def urn(type_: str, name: str) -> str:
    return f'urn:pulumi:prod::lantern::{type_}::{name}'


def step(
    op: str, type_: str, name: str, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None, **more: Any
) -> Step:
    return Step(op, urn(type_, name), type_, old=old, new=new, **more)


def outcome(*steps: Step, stack: str = 'prod', **more: Any) -> Outcome:
    return Outcome(stack, steps=list(steps), **more)


def kept(type_: str, name: str, **more: Any) -> dict[str, Any]:
    return {'urn': urn(type_, name), 'type': type_, 'custom': True, 'id': name, 'inputs': {}, **more}


def state(*resources: dict[str, Any], **more: Any) -> State:
    return State({'version': 3, 'deployment': {'resources': list(resources), **more}})


def run(**more: Any) -> Run:
    project = Project('lantern', Path('nowhere'))
    return Run(
        **{'backend': Backend('gs://states', '--backend'), 'project': project, 'base': 'prod', 'shards': (), **more}
    )
