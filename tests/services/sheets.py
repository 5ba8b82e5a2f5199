"""Google Sheets, as far as a table of rows needs it: tabs, values, more rows and columns; the traps of all of them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from tests.services.exchange import Answer, Refusal, Request, google_error
from tests.services.world import World

_BLOCK = re.compile(r"'((?:[^']|'')*)'(?:!([A-Z]+)(\d+):([A-Z]+)(\d+))?")


class SheetsService:
    """`/v4/spreadsheets/{id}`, `…:batchUpdate`, `…/values/{range}`, `…/values:batchUpdate`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Answer:
        path = unquote(request.path.removeprefix('/v4/spreadsheets/'))
        identifier = re.split(r'[:/]', path, maxsplit=1)[0]
        spreadsheet = self._opened(identifier, request)
        match request.method, path.removeprefix(identifier):
            case 'GET', '':
                return Answer(body={'sheets': [{'properties': _properties(tab)} for tab in spreadsheet['tabs']]})
            case 'GET', rest if rest.startswith('/values/'):
                tab, _ = _block(spreadsheet, rest.removeprefix('/values/'))
                return Answer(body={'range': tab['title'], 'majorDimension': 'ROWS', **_values(tab)})
            case 'POST', ':batchUpdate':
                return self._batch(spreadsheet, request.body['requests'])
            case 'POST', '/values:batchUpdate':
                return self._write(spreadsheet, request.body)
            case _:
                raise google_error(404, 'NOT_FOUND', f'there is no {request.method} {path} here')

    def _opened(self, identifier: str, request: Request) -> dict[str, Any]:
        google, token = self._world.google, request.token or ''
        if token not in google.tokens:
            raise google_error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
        if self._world.sheets.scope not in google.scopes.get(token, self._world.sheets.scope):
            raise google_error(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.')
        spreadsheet = self._world.sheets.spreadsheets.get(identifier)
        if spreadsheet is None:
            raise google_error(404, 'NOT_FOUND', 'Requested entity was not found.')
        account = google.accounts.get(token, 'deployer@example.org')
        allowed = [*spreadsheet['editors'], *(spreadsheet['viewers'] if request.method == 'GET' else ())]
        if account not in allowed:
            raise google_error(403, 'PERMISSION_DENIED', 'The caller does not have permission')
        return spreadsheet

    def _batch(self, spreadsheet: dict[str, Any], requests: list[dict[str, Any]]) -> Answer:
        replies: list[dict[str, Any]] = []
        for number, request in enumerate(requests):
            match request:
                case {'addSheet': {'properties': {'title': title}}}:
                    if any(tab['title'] == title for tab in spreadsheet['tabs']):
                        raise _invalid(
                            f'Invalid requests[{number}].addSheet: A sheet with the name "{title}" already exists. '
                            'Please enter another name.'
                        )
                    tab = {
                        'sheetId': self._world.number(),
                        'title': title,
                        'rows': 1000,
                        'columns': 26,
                        'cells': [],
                    }
                    spreadsheet['tabs'].append(tab)
                    replies.append({'addSheet': {'properties': _properties(tab)}})
                case {'appendDimension': {'sheetId': wanted, 'dimension': dimension, 'length': length}}:
                    tab = next(tab for tab in spreadsheet['tabs'] if tab['sheetId'] == wanted)
                    tab[dimension.lower()] += length
                    replies.append({})
                case _:
                    raise _invalid(f'Invalid requests[{number}]')
        return Answer(body={'replies': replies})

    def _write(self, spreadsheet: dict[str, Any], body: dict[str, Any]) -> Answer:
        if body['valueInputOption'] != 'RAW':
            raise _invalid("Invalid value at 'value_input_option'")
        blocks = [(*_block(spreadsheet, one['range']), one['values']) for one in body['data']]
        for tab, (row, column, last_row, last_column), values in blocks:
            if last_row >= tab['rows'] or last_column >= tab['columns']:
                raise _invalid(f'Range exceeds grid limits. Max rows: {tab["rows"]}, max columns: {tab["columns"]}')
            if len(values) != last_row - row + 1 or {len(one) for one in values} != {last_column - column + 1}:
                raise _invalid('Requested writing within range, but tried writing to another')
        for tab, (row, column, last_row, _), values in blocks:
            cells = tab['cells']
            cells.extend([] for _ in range(len(cells), last_row + 1))
            for number, given in enumerate(values, start=row):
                cells[number].extend([''] * (column + len(given) - len(cells[number])))
                cells[number][column : column + len(given)] = given
        return Answer(body={'responses': [{} for _ in blocks]})


def _properties(tab: dict[str, Any]) -> dict[str, Any]:
    grid = {'rowCount': tab['rows'], 'columnCount': tab['columns']}
    return {'sheetId': tab['sheetId'], 'title': tab['title'], 'gridProperties': grid}


def _values(tab: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty at the end of a row or of the tab; without the key when there is nothing."""
    rows = [_short(row) for row in tab['cells']]
    while rows and not rows[-1]:
        rows.pop()
    return {'values': rows} if rows else {}


def _short(row: list[Any]) -> list[Any]:
    kept = [*row]
    while kept and kept[-1] == '':
        kept.pop()
    return kept


def _block(spreadsheet: dict[str, Any], text: str) -> tuple[dict[str, Any], tuple[int, int, int, int]]:
    """A tab, and the first row and column and the last ones of a block in it, from 0."""
    found = _BLOCK.fullmatch(text)
    title = found[1].replace("''", "'") if found else None
    tab = next((tab for tab in spreadsheet['tabs'] if tab['title'] == title), None)
    if found is None or tab is None:
        raise _invalid(f'Unable to parse range: {text}')
    if found[2] is None:
        return tab, (0, 0, tab['rows'] - 1, tab['columns'] - 1)
    return tab, (int(found[3]) - 1, _column(found[2]), int(found[5]) - 1, _column(found[4]))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord('A') + 1
    return number - 1


def _invalid(message: str) -> Refusal:
    return google_error(400, 'INVALID_ARGUMENT', message)
