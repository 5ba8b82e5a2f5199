"""Options that several billing commands have, and their exit statuses."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import typer

UNRECONCILED: Final = 1
BAD_INPUT: Final = 2
SOURCE_FAILED: Final = 3

DatabaseOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        '--database',
        metavar='FILE',
        help='The ledger: a DuckDB file, or `bigquery` for the table that the configuration names.',
        show_default='billing.duckdb in DIR',
    ),
]

SourceOption: TypeAlias = Annotated[
    str | None, typer.Option('--source', metavar='NAME', help='Only this source: gcp, hail, ica, azure, focus.')
]

DryRunOption: TypeAlias = Annotated[
    bool, typer.Option('--dry-run', help='Show what would change, per topic; write nothing.')
]
