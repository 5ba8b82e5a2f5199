"""The figures of a month in a spreadsheet that people work with: their rows, columns and tabs stay as they are.

One tab per year, `<year>-data`. Its first row has headings; those of ours are found by name, wherever they are, and
missing ones are added on the right. A row is known by its `key`, so it may be moved or sorted, and is changed in place
when it is written again. Nothing is ever deleted: figures that are no longer so become 0.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.outside import OutsideError, Sheets
from cpg_infra.plugins.billing_aggregator.outside.sheets import SCOPE, Cell, Patch, Tab
from cpg_infra.plugins.billing_aggregator.tables.monthly import SummaryRow

KEY: Final = 'key'
HEADINGS: Final[Sequence[str]] = (
    'topic',
    'month',
    'cost_category',
    'currency',
    'cost',
    'credits',
    'net',
    'written_at',
    KEY,
)
FIGURES: Final = ('cost', 'credits', 'net')
_WRITTEN: Final = 'written_at'
_REFUSED: Final = frozenset({401, 403, 404})


@dataclass(frozen=True, slots=True)
class Sheeted:
    """What became of a tab: rows that are new, rows that changed, and rows whose figures became 0."""

    tab: str
    added: int = 0
    changed: int = 0
    emptied: int = 0


@dataclass(frozen=True, slots=True)
class Edits:
    """What is to be written, and what that comes to. `rows`, `columns`: the room that it takes."""

    patches: Sequence[Patch]
    result: Sheeted
    rows: int = 0
    columns: int = 0


def tab_of(month: str) -> str:
    """The tab that a month is in."""
    return f'{month[:4]}-data'


def key_of(month: str, row: SummaryRow, currency: str) -> str:
    """What a row is known by. The organisation's own currency is not named."""
    key = f'{row.topic}-{month}-{row.category}'
    return key if row.currency == currency else f'{key}-{row.currency}'


def write_spreadsheet(
    sheets: Sheets, month: str, rows: Sequence[SummaryRow], currency: str, now: dt.datetime, account: str | None
) -> Sheeted:
    """Write the figures of a month; a second time writes only what differs.

    `currency`: the organisation's. `account`: who writes, for the message that says with whom to share.
    Raises `OutsideError`, which names the spreadsheet and what to do.
    """
    title = tab_of(month)
    try:
        tab = sheets.tabs().get(title) or _added(sheets, title)
        edits = plan_edits(title, sheets.cells(tab), month, rows, currency, now)
        sheets.grow(tab, edits.rows, edits.columns)
        if edits.patches:
            sheets.write(tab, edits.patches)
    except OutsideError as error:
        raise OutsideError(
            f'spreadsheet {sheets.identifier}, tab {title}: {error}{_hint(error, account)}', error.status
        ) from error
    return edits.result


def _added(sheets: Sheets, title: str) -> Tab:
    try:
        return sheets.add(title)
    except OutsideError:
        # Somebody, or a request of ours whose answer was lost, may have made it in the meantime.
        if (tab := sheets.tabs().get(title)) is not None:
            return tab
        raise


def _hint(error: OutsideError, account: str | None) -> str:
    if error.status not in _REFUSED:
        return ''
    if 'scope' in str(error):
        return f'; the token must be for {SCOPE}'
    return f'; share it, as an editor, with {account or "the account that writes it"}'


def plan_edits(
    title: str,
    cells: Sequence[Sequence[Cell]],
    month: str,
    rows: Sequence[SummaryRow],
    currency: str,
    now: dt.datetime,
) -> Edits:
    """What must be written into a tab that has these cells. Raises `OutsideError` for a tab without our headings."""
    columns, patches = _columns(cells)
    known: dict[str, list[int]] = {}
    for number, row in enumerate(cells[1:], start=1):
        if text := _text(row, columns[KEY]):
            known.setdefault(text, []).append(number)
    at = f'{now.astimezone(dt.UTC):%Y-%m-%d %H:%M}'
    wanted = {key_of(month, row, currency): _values(month, row, at) for row in rows}
    changed, emptied, fresh = 0, 0, []
    for key, values in wanted.items():
        if key not in known:
            fresh.append({**values, KEY: key})
            continue
        first, *again = known[key]
        if _differs(cells[first], values, columns):
            changed += 1
            patches += _patches(first, [values], columns)
        emptied += sum(_emptied(number, cells, columns, at, patches) for number in again)
    ours = re.compile(rf'.+-{month}-(Storage|Compute) Cost(-[A-Z]{{3}})?')
    for key in sorted(known.keys() - wanted.keys()):
        if ours.fullmatch(key):
            emptied += sum(_emptied(number, cells, columns, at, patches) for number in known[key])
    end = max(len(cells), 1)
    if fresh:
        patches += _patches(end, fresh, columns)
    return Edits(patches, Sheeted(title, len(fresh), changed, emptied), end + len(fresh), max(columns.values()) + 1)


def _columns(cells: Sequence[Sequence[Cell]]) -> tuple[dict[str, int], list[Patch]]:
    """Where each heading is, and what writes those that are missing."""
    headings = [str(cell).strip().lower() for cell in cells[0]] if cells else []
    if any(cells) and KEY not in headings:
        raise OutsideError(
            f'its first row has no heading {KEY!r}, so its rows cannot be told apart; '
            f'name its columns there ({", ".join(HEADINGS)}), or rename the tab and a new one is made'
        )
    if twice := sorted({heading for heading in HEADINGS if headings.count(heading) > 1}):
        raise OutsideError(f'its first row has the heading {", ".join(twice)} more than once')
    columns = {heading: headings.index(heading) for heading in HEADINGS if heading in headings}
    # On the right of everything: a column may be in use without a heading.
    end = max((len(row) for row in cells), default=0)
    missing = [heading for heading in HEADINGS if heading not in columns]
    columns.update({heading: end + number for number, heading in enumerate(missing)})
    return columns, [Patch(0, end, [missing])] if missing else []


def _values(month: str, row: SummaryRow, at: str) -> dict[str, Cell]:
    return {
        'topic': row.topic,
        'month': month,
        'cost_category': row.category,
        'currency': row.currency,
        'cost': float(row.cost),
        'credits': float(row.credits),
        'net': float(row.net),
        _WRITTEN: at,
    }


def _emptied(
    number: int, cells: Sequence[Sequence[Cell]], columns: Mapping[str, int], at: str, patches: list[Patch]
) -> int:
    nothing: dict[str, Cell] = dict.fromkeys(FIGURES, 0.0)
    if not _differs(cells[number], nothing, columns):
        return 0
    patches += _patches(number, [{**nothing, _WRITTEN: at}], columns)
    return 1


def _differs(cells: Sequence[Cell], values: Mapping[str, Cell], columns: Mapping[str, int]) -> bool:
    """Whether a row says something else; when it was written does not count."""
    for name, value in values.items():
        if name == _WRITTEN:
            continue
        column = columns[name]
        if isinstance(value, float):
            cell = cells[column] if column < len(cells) else ''
            if isinstance(cell, str | bool) or cell != value:
                return True
        elif _text(cells, column) != value:
            return True
    return False


def _text(cells: Sequence[Cell], column: int) -> str:
    """A cell as text; a month that became a number is still the month."""
    cell = cells[column] if column < len(cells) else ''
    return f'{cell:.0f}' if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _patches(row: int, rows: Sequence[Mapping[str, Cell]], columns: Mapping[str, int]) -> Iterator[Patch]:
    """Rows of the same columns below each other, one block per run of neighbouring columns: between them are others'."""
    names = sorted(rows[0], key=lambda name: columns[name])
    runs: list[list[str]] = []
    for name in names:
        if runs and columns[name] == columns[runs[-1][-1]] + 1:
            runs[-1].append(name)
        else:
            runs.append([name])
    for run in runs:
        yield Patch(row, columns[run[0]], [[values[name] for name in run] for values in rows])
