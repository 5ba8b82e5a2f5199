"""The parity report for programs."""

from __future__ import annotations

import json

from cpg_infra.cli.parity.making import Compared
from cpg_infra.cli.plan_json import pointer
from cpg_infra.driver.parity import CLOUDS, Row


def parity_json(compared: Compared) -> str:
    """One line: `clouds` by dataset, and `intents` in canonical order, each with every thing that needs it."""
    content = {
        'clouds': {dataset or '': list(clouds) for dataset, clouds in compared.parity.clouds.items()},
        'intents': [_row(compared, row) for dataset in compared.datasets for row in compared.parity.of(dataset)],
    }
    return json.dumps(content, sort_keys=True, separators=(',', ':'), ensure_ascii=False) + '\n'


def _row(compared: Compared, row: Row) -> dict[str, object]:
    locate = compared.planned.loaded.sources.locate
    asked = []
    for name, origin in zip(row.of, row.origins, strict=True):
        place = locate(origin)
        asked.append({'of': name, 'origin': pointer(origin), **({} if place is None else {'location': str(place)})})
    return {
        'dataset': row.dataset,
        'intent': row.capability.value,
        'asked': asked,
        'on': {cloud.value: {'support': row.on[cloud].support.value, 'by': row.on[cloud].by} for cloud in CLOUDS},
    }
