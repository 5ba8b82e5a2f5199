"""What the three forms of the report share: what is compared, and its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cpg_infra.abstraction import Support
from cpg_infra.cli.planning import Planned
from cpg_infra.cli.remarks import amount, opened
from cpg_infra.cli.selection import Selection
from cpg_infra.config import Cloud
from cpg_infra.driver.parity import CLOUDS, Parity, Row, parity

SUPPORT = {Support.EXACT: 'exact', Support.APPROXIMATE: 'approximate', Support.NONE: 'not possible'}
"""How well a cloud expresses an intent, as people read it."""

ORGANISATION = 'the organisation'
SHOWN = 4
"""Names of things that a line shows; it counts the others."""


@dataclass(frozen=True)
class Compared:
    """A parity report and what it is about."""

    planned: Planned
    parity: Parity
    folder: str
    datasets: tuple[str | None, ...]
    """The datasets that are shown; None is the organisation."""

    @property
    def title(self) -> str:
        """What the report is."""
        domain, count = self.planned.loaded.organisation.domain, len(self.planned.loaded.datasets)
        return f'{domain}  {amount(count, "dataset")} on {" and ".join(CLOUDS)}, as of {self.planned.date.isoformat()}'

    def verdict(self, cloud: Cloud) -> str:
        """`315 intents: 160 exact, 97 approximate, 58 not possible`."""
        counts = Counter(row.on[cloud].support for dataset in self.datasets for row in self.parity.of(dataset))
        words = [f'{counts[support]:,} {word}' for support, word in SUPPORT.items() if counts.get(support)]
        return f'{amount(sum(counts.values()), "intent")}: {", ".join(words)}'

    def where(self, dataset: str | None) -> str:
        """`on gcp`."""
        return f'on {" and ".join(self.parity.clouds[dataset]) or "no cloud"}'

    def sections(self) -> Iterator[tuple[str, str, tuple[Row, ...], tuple[Row, ...]]]:
        """For each dataset: its name, where it is, the intents that are exact everywhere, and the others."""
        for dataset in self.datasets:
            rows = self.parity.of(dataset)
            if rows:
                same = tuple(row for row in rows if row.support is Support.EXACT)
                other = tuple(row for row in rows if row.support is not Support.EXACT)
                yield dataset or ORGANISATION, self.where(dataset), same, other

    def asked(self, row: Row) -> str:
        """Where the first of what needs an intent was asked for, `production.yaml:3:5`; empty when in no file."""
        places = (self.planned.loaded.sources.locate(origin) for origin in row.origins)
        return next((str(opened(place, self.folder)) for place in places if place is not None), '')


def compare(planned: Planned, selection: Selection, folder: str) -> Compared:
    """The parity of a plan's organisation. Raises `ConfigurationError` when it cannot be put on paper."""
    loaded = planned.loaded
    found = parity(loaded.organisation, loaded.datasets, date=planned.date, sources=loaded.sources)
    names = sorted(loaded.datasets if selection.datasets is None else selection.datasets)
    return Compared(planned, found, folder, (*(() if selection.datasets else (None,)), *names))


def intent(row: Row) -> str:
    """What is asked for, in words."""
    return row.capability.value.replace('-', ' ')


def things(row: Row) -> str:
    """The first things that need it, and how many more."""
    shown = ', '.join(row.of[:SHOWN])
    more = len(row.of) - SHOWN
    return f'{shown} and {more:,} more' if more > 0 else shown


def counted(row: Row) -> str:
    """`bucket (14)`."""
    return intent(row) + (f' ({len(row.of)})' if len(row.of) > 1 else '')
