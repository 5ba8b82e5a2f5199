"""The parity report as text."""

from __future__ import annotations

from collections.abc import Iterator

from cpg_infra.abstraction import Support
from cpg_infra.cli.parity.making import SUPPORT, Compared, counted, intent, things
from cpg_infra.cli.plan_text.lines import BLANK, Line, Look
from cpg_infra.driver.parity import CLOUDS


def parity_lines(compared: Compared) -> Iterator[Line]:
    """What is exact everywhere in one line a dataset; then each other intent, and what each cloud makes of it."""
    yield Line(Look.TITLE, 0, compared.title)
    for cloud in CLOUDS:
        yield Line(Look.FACT, 0, '', compared.verdict(cloud), label=cloud.value)
    for name, where, same, other in compared.sections():
        yield BLANK
        yield Line(Look.DATASET, 0, name, where)
        if same:
            yield Line(Look.FACT, 1, '', ', '.join(counted(row) for row in same), label='exact')
        for row in other:
            yield Line(Look.COMPONENT, 1, intent(row), '  '.join(filter(None, (things(row), compared.asked(row)))))
            for cloud in CLOUDS:
                found = row.on[cloud]
                look = Look.FACT if found.support is Support.EXACT else Look.WARNING
                yield Line(look, 2, f'{SUPPORT[found.support]}:', found.by, label=cloud.value)
