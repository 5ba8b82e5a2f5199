"""What the made-up organisation uses, and where: the tables from which charges are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sku:
    """Something that is charged for. `share`: of 1,000 lines; `price`: of one pricing unit, in AUD."""

    service: str
    service_id: str
    name: str
    sku_id: str
    unit: str
    pricing_unit: str
    price: float
    share: int
    compute: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A project with its share of 1,000 lines. `labels`: datasets that a shared project serves."""

    project: str | None
    share: int
    labels: tuple[str, ...] = ()


SKUS: Final = (
    Sku('Compute Engine', '6F81-5844-456A', 'N2 instance core', 'BB77-5FDA-69D9', 'seconds', 'hour', 0.07, 420, True),  # noqa: FBT003 - a table
    Sku('Compute Engine', '6F81-5844-456A', 'Spot RAM', 'F42B-1B95-E7AD', 'byte-seconds', 'gibibyte hour', 0.01, 180),
    Sku('Cloud Storage', '95FF-2EF5-5EA1', 'Standard storage', 'E5F0-6A5D-7BAD', 'byte-seconds', 'GiBy.mo', 0.035, 240),
    Sku('Cloud Storage', '95FF-2EF5-5EA1', 'Class A operations', '4DBF-185F-A415', 'requests', 'count', 0.005, 60),
    Sku('BigQuery', '24E6-581D-38E5', 'Analysis', '1DF5-CE5A-1D7D', 'bytes', 'TiBy', 0.09, 40),
    Sku('Cloud Logging', '5490-F7B7-8DF6', 'Log storage', '143F-A1B0-E0BE', 'bytes', 'GiBy', 0.8, 30),
    Sku('Networking', 'E505-1604-58F8', 'Transfer between zones', 'CFF7-29C1-2F1F', 'bytes', 'GiBy', 0.015, 30),
)

PLACES: Final = (
    Place('lantern-ataxia', 210),
    Place('lantern-thousand-hearts', 190),
    Place('lantern-newborn', 150),
    Place('lantern-controls', 110),
    Place('lantern-panels', 40),
    Place('lantern-common', 40),
    Place('lantern-hail', 120),
    Place('lantern-browser', 100, ('ataxia', 'newborn', 'thousand-hearts')),
    # A project that no dataset has: its costs are found under its own name.
    Place('lantern-sandbox', 30),
    Place(None, 10),
)

AZURE_GROUPS: Final = ('lantern-rare-atlas', 'lantern-ataxia', 'lantern-common')
"""Resource groups of the made-up subscription."""
