"""Google Sheets, one spreadsheet: its tabs, the cells of one, more room, and values into some of them.

No role of the cloud opens a spreadsheet. It is shared with the account, as with a person, and the account's token must
be for spreadsheets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from cpg_infra.plugins.billing_aggregator.outside.google_identity import GoogleIdentity
from cpg_infra.plugins.billing_aggregator.outside.http import Http, OutsideError

SCOPE: Final = 'https://www.googleapis.com/auth/spreadsheets'
"""What a token must be for; one for Google Cloud as a whole does not open spreadsheets."""

Cell = str | float | int | bool
"""A cell's value as it is held, not as it is shown; an empty one is ''."""

_API: Final = 'https://sheets.googleapis.com/v4/spreadsheets'
_TABS: Final = 'sheets.properties(sheetId,title,gridProperties(rowCount,columnCount))'
_LETTERS: Final = 26


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab, and the room it has."""

    number: int
    title: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Patch:
    """Values for a block of cells. `row` and `column` are those of its first, counted from 0."""

    row: int
    column: int
    values: Sequence[Sequence[Cell]]

    def place(self, title: str) -> str:
        """The block in the service's words: `'2026-data'!A2:C9`."""
        last_row, last_column = self.row + len(self.values), self.column + len(self.values[0]) - 1
        return f'{_quoted(title)}!{_letters(self.column)}{self.row + 1}:{_letters(last_column)}{last_row}'


@dataclass(frozen=True, slots=True)
class Sheets:
    """The spreadsheet `identifier`, as the caller's identity sees it. Every method raises `OutsideError`."""

    http: Http
    identity: GoogleIdentity
    identifier: str

    def tabs(self) -> Mapping[str, Tab]:
        """The tabs by their titles."""
        said = self.http.send('GET', self._place(), headers=self.identity.headers(), params={'fields': _TABS})
        found = [_tab(sheet.get('properties', {})) for sheet in said.get('sheets', ())]
        return {tab.title: tab for tab in found}

    def add(self, title: str) -> Tab:
        """A new tab whose first row stays in sight."""
        properties = {'title': title, 'gridProperties': {'frozenRowCount': 1}}
        said = self._change({'addSheet': {'properties': properties}})
        try:
            return _tab(said['replies'][0]['addSheet']['properties'])
        except (KeyError, IndexError, TypeError) as error:
            raise OutsideError(f'the answer about the new tab {title!r} is not understood ({error!r})') from error

    def grow(self, tab: Tab, rows: int, columns: int) -> None:
        """Room for at least so many rows and columns."""
        missing = {'ROWS': rows - tab.rows, 'COLUMNS': columns - tab.columns}
        requests = [
            {'appendDimension': {'sheetId': tab.number, 'dimension': dimension, 'length': length}}
            for dimension, length in missing.items()
            if length > 0
        ]
        if requests:
            self._change(*requests)

    def cells(self, tab: Tab) -> Sequence[Sequence[Cell]]:
        """All values of a tab, row by row; what is empty at the end of a row or of the tab is left out."""
        said = self.http.send(
            'GET',
            self._place(f'/values/{quote(_quoted(tab.title), safe="")}'),
            headers=self.identity.headers(),
            params={'valueRenderOption': 'UNFORMATTED_VALUE', 'majorDimension': 'ROWS'},
        )
        values = said.get('values', [])
        if not isinstance(values, list) or not all(isinstance(row, list) for row in values):
            raise OutsideError(f'the values of the tab {tab.title!r} are not understood')
        return values

    def write(self, tab: Tab, patches: Sequence[Patch]) -> None:
        """Put values into cells, all in one request. Texts stay texts: nothing is taken for a formula."""
        data = [{'range': patch.place(tab.title), 'values': patch.values} for patch in patches]
        self.http.send(
            'POST',
            self._place('/values:batchUpdate'),
            headers=self.identity.headers(),
            json={'valueInputOption': 'RAW', 'data': data},
            # The same values in the same cells.
            repeatable=True,
        )

    def _change(self, *requests: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.http.send(
            'POST', self._place(':batchUpdate'), headers=self.identity.headers(), json={'requests': [*requests]}
        )

    def _place(self, rest: str = '') -> str:
        return f'{_API}/{quote(self.identifier, safe="")}{rest}'


def _tab(properties: Mapping[str, Any]) -> Tab:
    try:
        grid = properties.get('gridProperties', {})
        # The API leaves out what is 0; a tab without a grid shows something else than cells.
        return Tab(
            int(properties.get('sheetId', 0)),
            str(properties['title']),
            int(grid.get('rowCount', 0)),
            int(grid.get('columnCount', 0)),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise OutsideError(f'a tab in the answer is not understood ({error!r})') from error


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _letters(column: int) -> str:
    letters = ''
    number = column + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord('A') + rest) + letters
    return letters
