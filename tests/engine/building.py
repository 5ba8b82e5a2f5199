"""Builders with defaults: a plan of a few resources, of which a test says what matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cpg_infra.config.diagnostics import Diagnostic
from cpg_infra.config.names import Cloud
from cpg_infra.plan import Options, Owner, Plan, Resource, Value

OWNER = Owner('alpha', Cloud.GCP, 'storage')
BUCKET = 'gcp:storage/bucket:Bucket'
PROJECT = 'gcp:organizations/project:Project'


def resource(
    name: str,
    inputs: Mapping[str, Value] | None = None,
    *,
    type: str = BUCKET,  # noqa: A002 - as the plan calls it
    depends_on: Sequence[str] = (),
    options: Options | None = None,
) -> Resource:
    return Resource(
        name=name,
        type=type,
        physical=name,
        inputs=inputs or {},
        owner=OWNER,
        intents=(),
        depends_on=tuple(depends_on),
        options=options or Options(),
    )


def plan(
    *resources: Resource, outputs: Mapping[str, Value] | None = None, diagnostics: Sequence[Diagnostic] = ()
) -> Plan:
    return Plan(
        resources=resources,
        assets=(),
        principals=(),
        groups=(),
        memberships=(),
        grants=(),
        entitlements=(),
        outputs=outputs or {},
        diagnostics=tuple(diagnostics),
    )
