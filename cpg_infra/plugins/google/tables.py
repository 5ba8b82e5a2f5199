"""Tables of BigQuery: their names, and schemas as BigQuery writes them, from types as GoogleSQL writes them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction import By, Table, TableSet
from cpg_infra.abstraction.base import CloudInfrastructure
from cpg_infra.plan import AssetKind, Json

_WORDS: Final = {'FLOAT64': 'FLOAT', 'INT64': 'INTEGER', 'BOOL': 'BOOLEAN'}
"""BigQuery's older names, which deployed tables have; it treats both as one."""
_TOKEN: Final = re.compile(r'\s*([A-Za-z_][A-Za-z0-9_]*|[<>,])')


@dataclass(frozen=True, slots=True)
class TableName:
    """The three parts of a table's name."""

    project: str
    table_set: str
    table: str

    @classmethod
    def parse(cls, text: str) -> TableName:
        """Raises `ValueError` when `text` has not three parts."""
        project, table_set, table = text.split('.')
        return cls(project, table_set, table)

    @property
    def set_name(self) -> str:
        """The set of tables as people write it."""
        return f'{self.project}.{self.table_set}'

    def __str__(self) -> str:
        return f'{self.set_name}.{self.table}'


def table_set(cloud: CloudInfrastructure, name: TableName, by: By) -> TableSet:
    """A set of tables that exists without us, unless something here makes it."""
    key, resource = cloud.existing(AssetKind.TABLES, name.set_name, by)
    return TableSet(key, cloud.cloud, name.table_set, resource, name.project, label=name.set_name)


def table(cloud: CloudInfrastructure, name: TableName, by: By) -> Table:
    """A table that exists without us, unless something here makes it."""
    key, resource = cloud.existing(AssetKind.TABLE, str(name), by, within=table_set(cloud, name, by).asset)
    return Table(key, cloud.cloud, name.table, resource, name.project, name.table_set, label=str(name))


def field(name: str, type_: str, description: str | None = None, *, required: bool = False) -> dict[str, Json]:
    """A column as BigQuery writes it: `ARRAY<STRUCT<key STRING>>` is a repeated record."""
    reader = _Reader(type_)
    found = reader.field(name)
    if required:
        found['mode'] = 'REQUIRED'
    if description is not None:
        found['description'] = description
    return found


def schema_text(fields: list[dict[str, Json]]) -> str:
    """A schema as the text that the provider wants."""
    return json.dumps(fields, ensure_ascii=False)


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._place = 0

    def _take(self) -> str:
        token: str = self._tokens[self._place]
        self._place += 1
        return token

    def field(self, name: str) -> dict[str, Json]:
        word = self._take()
        if word == 'ARRAY':
            self._take()
            inner = self.field(name)
            self._take()
            return {**inner, 'mode': 'REPEATED'}
        if word == 'STRUCT':
            fields: list[Json] = []
            # The sign before each field: `<`, then `,`; `>` ends the record.
            while self._take() != '>':
                fields.append(self.field(self._take()))
            return {'name': name, 'type': 'RECORD', 'mode': 'NULLABLE', 'fields': fields}
        return {'name': name, 'type': _WORDS.get(word, word), 'mode': 'NULLABLE'}
