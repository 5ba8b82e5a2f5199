"""From GoogleSQL's common subset to the dialect of an engine, by sqlglot.

A model is a file in `models`, one statement each, that names tables by the names of `schema`, parameters as
`@name`, and besides standard functions those of `functions` and `JOINED`. A value never becomes text of a statement: it is a
parameter, so nothing that a source says can be run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, Literal

import sqlglot
from sqlglot import exp

from cpg_infra.plugins.billing_aggregator.ledger.functions import FUNCTIONS

Dialect = Literal['duckdb', 'bigquery']

_MODELS: Final = files('cpg_infra.plugins.billing_aggregator.ledger').joinpath('models')


@cache
def model(name: str) -> str:
    """The text of a model, GoogleSQL. Raises FileNotFoundError when there is none of that name."""
    return _MODELS.joinpath(f'{name}.sql').read_text(encoding='utf-8')


@cache
def model_names() -> tuple[str, ...]:
    """The names of all models."""
    return tuple(sorted(file.name.removesuffix('.sql') for file in _MODELS.iterdir() if file.name.endswith('.sql')))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A statement for an engine, the parameters that it names, and the functions of ours that it calls."""

    text: str
    parameters: frozenset[str]
    functions: frozenset[str]


def render(sql: str, dialect: Dialect, names: Mapping[str, str] | None = None) -> Rendered:
    """One statement in `dialect`; `names` maps tables to their names there.

    Raises `sqlglot.errors.ParseError` for what is no GoogleSQL, ValueError for more than one statement.
    """
    return _render(sql, dialect, tuple(sorted((names or {}).items())))


@lru_cache(maxsize=512)
def _render(sql: str, dialect: Dialect, names: tuple[tuple[str, str], ...]) -> Rendered:
    statements = [statement for statement in sqlglot.parse(sql, read='bigquery') if statement is not None]
    if len(statements) != 1:
        raise ValueError(f'one statement is rendered at a time, not {len(statements)}')
    tree = statements[0]
    parameters = frozenset(parameter.name for parameter in tree.find_all(exp.Parameter))
    called = frozenset(str(call.this).upper() for call in tree.find_all(exp.Anonymous)) & FUNCTIONS.keys()
    _name_tables(tree, dict(names))
    tree = tree.transform(_joined, dialect)
    if dialect == 'duckdb':
        tree = tree.transform(_for_duckdb)
    return Rendered(tree.sql(dialect=dialect, comments=False), parameters, called)


def _name_tables(tree: exp.Expr, names: Mapping[str, str]) -> None:
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    # BigQuery knows no alias of what is inserted into, though of what is merged into, updated or deleted from.
    targets = [insert.this for insert in tree.find_all(exp.Insert)]
    inserted = {id(target.this if isinstance(target, exp.Schema) else target) for target in targets}
    for table in tree.find_all(exp.Table):
        if table.name in names and table.name not in local and not table.db:
            alias = table.alias or table.name
            place = exp.to_table(names[table.name], dialect='bigquery')
            for part in ('this', 'db', 'catalog'):
                name = place.args.get(part)
                # Projects have dashes; quoted, every parser takes them for one name.
                table.set(part, exp.to_identifier(name.name, quoted=True) if name else None)
            if not table.args.get('alias') and id(table) not in inserted:
                table.set('alias', exp.TableAlias(this=exp.to_identifier(alias)))


def _joined(node: exp.Expr, dialect: Dialect) -> exp.Expr:
    """`JOINED(a, b, …)`: values as text with `|` between them, nothing for NULL, in one function call.

    A chain of concatenations, which is what `CONCAT` becomes elsewhere, copies the text once per part.
    """
    if not (isinstance(node, exp.Anonymous) and str(node.this).upper() == 'JOINED'):
        return node
    parts: list[exp.Expr] = []
    for value in node.expressions:
        text: exp.Expr = value
        if dialect == 'bigquery':
            text = exp.func('COALESCE', exp.cast(value, 'TEXT'), exp.Literal.string(''))
        parts += [exp.Literal.string('|'), text] if parts else [text]
    return exp.Anonymous(this='CONCAT', expressions=parts)


def _for_duckdb(node: exp.Expr) -> exp.Expr:
    """Types that mean something else there: NUMERIC has 9 decimals, and all times are UTC without a zone."""
    if isinstance(node, exp.DataType):
        if node.this in {exp.DType.DECIMAL, exp.DType.BIGDECIMAL} and not node.expressions:
            return exp.DataType.build('DECIMAL(38, 9)', dialect='duckdb')
        if node.this in {exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ}:
            return exp.DataType.build('TIMESTAMP', dialect='duckdb')
    return node


@cache
def column_type(google: str, dialect: Dialect) -> str:
    """A column's type in `dialect`."""
    tree: exp.Expr = exp.DataType.build(google, dialect='bigquery')
    tree = tree.transform(_joined, dialect)
    if dialect == 'duckdb':
        tree = tree.transform(_for_duckdb)
    return tree.sql(dialect=dialect)
