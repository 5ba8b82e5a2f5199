"""`cpg-infra schema [KIND]`: JSON Schemas of the configuration files, for editors."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from cpg_infra.cli.writing import show


class Kind(StrEnum):
    """The kinds of `cpg_infra.config.schema`, known without importing the models."""

    ORGANISATION = 'organisation'
    DATASET = 'dataset'
    DATASETS = 'datasets'
    MEMBERS = 'members'
    BUDGETS = 'budgets'
    UPLOAD = 'upload'
    USERS = 'users'
    GITHUB_WIF = 'github_wif'


def schema(
    kind: Annotated[
        Kind | None,
        typer.Argument(metavar='KIND', help=f'One of {", ".join(Kind)}; without it, all of them.', show_default=False),
    ] = None,
) -> None:
    """Print the JSON Schema of a configuration file."""
    from cpg_infra.config.schema import KINDS
    from cpg_infra.config.schema import schema as schema_of

    found = schema_of(kind.value) if kind else {each: schema_of(each) for each in KINDS}
    show(json.dumps(found, indent=2, ensure_ascii=False) + '\n')
