"""Resources that no cloud's abstraction has a word for, of whatever provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpg_infra.abstraction import By
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.plan import Asset, AssetKind, Options, Resource, Value
from cpg_infra.plan.resource import DEFAULT_OPTIONS


def declare(  # noqa: PLR0913 - what a resource is made of
    infrastructure: Infrastructure,
    logical: str,
    type_: str,
    physical: str,
    inputs: Mapping[str, Value],
    by: By,
    *,
    intents: Iterable[str] = (),
    depends_on: Iterable[str] = (),
    options: Options = DEFAULT_OPTIONS,
    provider: str | None = None,
) -> Resource:
    """A resource on the cloud of its owner, or on none; it stands for `intents`, else for a thing of its own.

    `provider` is one that the plan has declared, None the default one of the type's package.
    """
    meant = tuple(intents)
    if not meant:
        cloud = by.owner.cloud
        key = f'{cloud.value if cloud else "elsewhere"}:{AssetKind.RAW.value}:{type_}:{physical}'
        asset = Asset(key, AssetKind.RAW, cloud, f'{type_}:{physical}', by.owner, by.origin)
        meant = (infrastructure.builder.asset(asset).key,)
    return infrastructure.builder.resource(
        Resource(logical, type_, physical, inputs, by.owner, meant, tuple(sorted(set(depends_on))), options, provider)
    )
