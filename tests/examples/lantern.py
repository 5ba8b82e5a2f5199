"""The example organisation and its plan at a fixed date, made once for all tests."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Final

from cpg_infra.checks import checked
from cpg_infra.config import LoadedConfiguration, load
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan

ROOT: Final = Path(__file__).resolve().parents[2]
LANTERN: Final = ROOT / 'examples' / 'lantern'
GOLDEN: Final = Path(__file__).resolve().parent / 'lantern.golden.txt'
DATE: Final = dt.date(2026, 11, 22)
"""Before the first of its memberships ends."""


@cache
def configuration() -> LoadedConfiguration:
    """The example, loaded."""
    return load(LANTERN)


@cache
def plan() -> Plan:
    """The plan of the example on `DATE`."""
    loaded = configuration()
    infrastructure = Infrastructure(loaded.organisation, loaded.datasets, date=DATE, sources=loaded.sources)
    return checked(infrastructure.plan(), loaded.organisation)
