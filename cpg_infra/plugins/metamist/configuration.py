"""The configuration of the loader: which parser reads what, and who may send it. A secret, so that it has versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from cpg_infra.config import CPGInfrastructureConfig
from cpg_infra.plan import Principal, Text
from cpg_infra.plan.computations import concat

MOST_BYTES: Final = 64 * 1024
"""Bytes of a version of a secret (https://cloud.google.com/secret-manager/quotas)."""


_MARK: Final = '<unknown>'
"""Stands around the number of an address that only a deployment tells. No address and no path has it in it."""


def accessor_configuration(
    etl: CPGInfrastructureConfig.Metamist.ETLConfiguration, users: Mapping[str, Iterable[Principal]]
) -> Text:
    """The text of the secret: `{by_type: {path: {parser_name, default_parameters, users}}}`.

    `users` are the principals that may send to each path. A path has no slash at either end. Keys are sorted.
    """
    unknown: list[Text] = []
    by_type: dict[str, object] = {}
    for kind, parser in sorted(etl.by_type.items()):
        addresses: list[str] = []
        for principal in users[kind]:
            if isinstance(principal.address, str):
                addresses.append(principal.address)
            else:
                addresses.append(f'{_MARK}{len(unknown)}{_MARK}')
                unknown.append(principal.address)
        by_type[kind.strip('/')] = {
            'parser_name': parser.parser_name,
            'default_parameters': dict(parser.default_parameters or {}),
            'users': sorted(set(addresses)),
        }
    text = json.dumps({'by_type': by_type}, sort_keys=True)
    # What only a deployment tells stands where its mark is; an address needs no escaping.
    parts = text.split(_MARK)
    return concat(*(unknown[int(part)] if place % 2 else part for place, part in enumerate(parts)))
