"""What the services hold, and how they misbehave. Plain JSON, so that it can lie in a file."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Google:
    """Groups by their name `groups/x`: `{email, settings, members: {id: {address, roles, hidden, removed}}}`."""

    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=lambda: ['google-token'])
    unknown: dict[str, int] = field(default_factory=dict)
    """Addresses that nobody knows yet, and in how many tries they will be; -1: never."""
    invisible: dict[str, int] = field(default_factory=dict)
    """Groups, by address, that the next so many look-ups do not show."""
    lag: int = 0
    """So many reads do not show a write yet."""
    slow_operations: int = 0
    """Operations are done after so many polls."""
    operations_are_readable: bool = True
    only_inside: str | None = None
    """A domain: members from elsewhere need the group's setting."""
    page: int = 500
    accounts: dict[str, str] = field(default_factory=dict)
    """Who a token of the token services speaks for."""
    scopes: dict[str, str] = field(default_factory=dict)
    """What a token of the token services is for."""


@dataclass
class Hail:
    """One cloud's Hail Batch."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=lambda: ['hail-token'])
    wants_developer: bool | None = True
    """Whether creating a user must, or must not, say `is_developer`; None: either."""
    activates_after: int = 0
    """Reads of a new user until it is active; -1: never."""
    old: bool = False
    """Older versions answer 403 to what is so already."""
    people: list[str] = field(default_factory=list)
    """Users whom the batch service knows beside those of the auth service."""


@dataclass
class Metamist:
    """Projects by name: `{id, dataset, members: {address: [roles]}}`."""

    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    creators: list[str] = field(default_factory=lambda: ['deployer@example.org'])
    member_admins: list[str] = field(default_factory=lambda: ['deployer@example.org'])
    audience: str | None = None


@dataclass
class Azure:
    """Blobs of `account/container` by their name: `{content, type, etag, snapshots}`."""

    containers: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=lambda: ['azure-token'])
    refuses: int = 0
    """So many requests come before our role is known; -1: it never is."""
    makes_containers: bool = False
    """A request makes the container. For runs whose containers another test double makes."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Who a token of the token services speaks for."""


@dataclass
class Billing:
    """Google's billing and its budgets, and Slack."""

    projects: dict[str, str] = field(default_factory=dict)
    """The billing account of each project; empty: none."""
    budgets: dict[str, dict[str, Any]] = field(default_factory=dict)
    """As the API shows them, by their whole name."""
    sticky: list[str] = field(default_factory=list)
    """Projects that stay linked whatever is asked."""
    page: int = 100
    slack_tokens: list[str] = field(default_factory=lambda: ['slack-token'])
    channels: list[str] = field(default_factory=lambda: ['billing-costs'])
    posts: list[dict[str, Any]] = field(default_factory=list)
    """Messages that Slack took."""


@dataclass
class Sheets:
    """Spreadsheets by their ids: `{editors, viewers, tabs: [{sheetId, title, rows, columns, cells}]}`, all accounts by address."""

    spreadsheets: dict[str, dict[str, Any]] = field(default_factory=dict)
    scope: str = 'https://www.googleapis.com/auth/spreadsheets'
    """What the token of an account must be for. One that the token services did not give is for everything."""


@dataclass
class World:
    """All services."""

    google: Google = field(default_factory=Google)
    hail: dict[str, Hail] = field(default_factory=lambda: {'gcp': Hail(), 'azure': Hail()})
    metamist: Metamist = field(default_factory=Metamist)
    azure: Azure = field(default_factory=Azure)
    billing: Billing = field(default_factory=Billing)
    sheets: Sheets = field(default_factory=Sheets)
    serial: int = 0

    def number(self) -> int:
        """A number that was not given before."""
        self.serial += 1
        return self.serial

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> World:
        return cls(
            Google(**given.get('google', {})),
            {cloud: Hail(**found) for cloud, found in given.get('hail', {}).items()} or cls().hail,
            Metamist(**given.get('metamist', {})),
            Azure(**given.get('azure', {})),
            Billing(**given.get('billing', {})),
            Sheets(**given.get('sheets', {})),
            given.get('serial', 0),
        )

    def save(self, path: Path) -> None:
        """Write to a file, whole or not at all."""
        scratch = path.with_suffix('.writing')
        scratch.write_text(json.dumps(self.as_dict(), indent=1), encoding='utf-8')
        scratch.replace(path)

    # What tests begin with --------------------------------------------------------------------------------

    def group(self, email: str, *members: str, owners: tuple[str, ...] = (), **settings: str) -> str:
        """A group with these members; its name."""
        name = f'groups/{self.number():08x}'
        self.google.groups[name] = {
            'email': email.lower(),
            'settings': {'allowExternalMembers': 'false', 'whoCanJoin': 'INVITED_CAN_JOIN', **settings},
            'members': {},
        }
        for address in (*members, *owners):
            self.member(name, address, 'OWNER' if address in owners else 'MEMBER')
        return name

    def member(self, group: str, address: str, role: str = 'MEMBER', hidden: int = 0) -> str:
        """Somebody in a group; the membership's name."""
        number = str(self.number())
        roles = ['MEMBER'] if role == 'MEMBER' else ['MEMBER', role]
        self.google.groups[group]['members'][number] = {'address': address, 'roles': roles, 'hidden': hidden}
        return f'{group}/memberships/{number}'

    def members(self, email: str) -> set[str]:
        """Who is in a group now."""
        group = next(group for group in self.google.groups.values() if group['email'] == email.lower())
        return {member['address'].lower() for member in group['members'].values() if 'removed' not in member}

    def container(self, account: str, name: str) -> dict[str, dict[str, Any]]:
        """A container without blobs."""
        return self.azure.containers.setdefault(f'{account}/{name}', {})

    def blob(self, container: dict[str, dict[str, Any]], name: str, content: str, kind: str) -> dict[str, Any]:
        """A blob, written; it has another ETag each time."""
        container[name] = {
            **container.get(name, {}),
            'content': content,
            'type': kind,
            'etag': f'"0x{self.number():X}"',
        }
        return container[name]

    def budget(self, account: str, number: str, project: str, units: int, currency: str = 'AUD') -> None:
        """A monthly budget that is called as its project is."""
        name = f'billingAccounts/{account}/budgets/{number}'
        self.billing.budgets[name] = {
            'name': name,
            'displayName': project,
            'budgetFilter': {'projects': [f'projects/{self.number()}'], 'calendarPeriod': 'MONTH'},
            'amount': {'specifiedAmount': {'currencyCode': currency, 'units': str(units)}},
        }

    def tab(
        self, spreadsheet: str, title: str, *rows: list[Any], size: tuple[int, int] = (1000, 26)
    ) -> list[list[Any]]:
        """A tab with these rows; its cells as they are held. The account that runs the tests may edit the spreadsheet."""
        held = self.sheets.spreadsheets.setdefault(
            spreadsheet, {'editors': ['deployer@example.org'], 'viewers': [], 'tabs': []}
        )
        cells = [[*row] for row in rows]
        held['tabs'].append(
            {'sheetId': self.number(), 'title': title, 'rows': size[0], 'columns': size[1], 'cells': cells}
        )
        return cells
