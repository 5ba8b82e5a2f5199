"""The layout of a configuration on disk: which file holds what, and how the files become one whole.

Knows names of files and of top-level keys only; what the values must look like is the models' business.
Every fault is collected, none stops the reading of the other files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cpg_infra.config.attached import INSIDE, files_of
from cpg_infra.config.diagnostics import Diagnostic, Location, Path, Severity, dataset_path, organisation_path
from cpg_infra.config.document import Document, Plain
from cpg_infra.config.files import Entry, FileTree, Kind
from cpg_infra.config.sources import FileSources
from cpg_infra.config.suggest import did_you_mean, nearest
from cpg_infra.config.text import Refused, decode, refuse

ORGANISATION_FILES: Final = ('cpg.toml', 'config-infrastructure.yaml')
DATASETS_FILES: Final = ('production.yaml', 'config-datasets.yaml')
USERS_FILE: Final = 'users.yaml'
FEDERATION_FILE: Final = 'github_wif.yaml'
PIECES: Final[Mapping[str, str]] = {
    'members.yaml': 'members',
    'budgets.yaml': 'budgets',
    'upload.yaml': 'upload_config',
}
"""Files in a dataset's folder, and the dataset's key that each one holds."""
DATASETS_FOLDER: Final = 'datasets'
DATASETS_KEY: Final = 'datasets'
"""Key of the organisation's file that may hold datasets too: a configuration in one file."""

_TOP_FILES = (*ORGANISATION_FILES, *DATASETS_FILES, USERS_FILE, FEDERATION_FILE)
_ENDINGS = ('.yaml', '.yml', '.toml', '.json')
_ALIKE = 0.8
"""How much alike a name of a file must be to count as a slip of the pen."""

ALL_DATASETS: Path = ('dataset',)
ALL_USERS: Path = organisation_path('users')
FEDERATION: Path = organisation_path('github_wif')
FOLDERS: Final[tuple[Path, ...]] = (organisation_path('metamist', 'etl', 'source'),)
"""Values that name a folder inside that of the configuration, whose files are read too."""


@dataclass
class Written:
    """What the files say, before any model sees it.

    `organisation` is None when it could not be read. `broken` names the parts of the configuration that
    exist but could not be read; nothing may be concluded from their absence. `apart` holds the sections of an
    organisation that could not be read which have files of their own, and `pieces` what lies in folders of
    datasets while it cannot be told which datasets there are: both can be judged by themselves.
    """

    organisation: dict[str, Plain] | None = None
    datasets: dict[str, dict[str, Plain]] = field(default_factory=dict)
    apart: dict[str, Plain] = field(default_factory=dict)
    pieces: dict[str, dict[str, Plain]] = field(default_factory=dict)
    sources: FileSources = field(default_factory=FileSources)
    faults: list[Diagnostic] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)

    def fault(self, code: str, message: str, location: Location | None, **more: str | Path) -> None:
        """Add an error; `more` are further fields of the diagnostic."""
        self.faults.append(Diagnostic(code, message, location=location, **more))  # type: ignore[arg-type]  # by name


class _Piece(NamedTuple):
    """A file in a dataset's folder."""

    dataset: str
    folder: str
    entry: Entry

    @property
    def path(self) -> str:
        return f'{self.folder}/{self.entry.name}'


def gather(tree: FileTree) -> Written:
    """Read every file of a configuration. Never raises: faults are in the result."""
    return _Gathering(tree).run()


class _Gathering:
    def __init__(self, tree: FileTree) -> None:
        self._tree = tree
        self._written = Written()

    def run(self) -> Written:
        written = self._written
        try:
            top = {entry.name: entry for entry in self._tree.entries()}
        except Refused as refused:
            written.faults.append(refused.diagnostic)
            written.broken |= {ALL_DATASETS, ALL_USERS}
            return written
        self._organisation(top)
        self._datasets(top)
        self._users(top)
        self._federation(top)
        for path in FOLDERS:
            self._attach(path)
        self._unread(top)
        for piece in self._pieces(top):
            self._piece(piece)
        return written

    # One file each.

    def _organisation(self, top: Mapping[str, Entry]) -> None:
        document = self._one_of(ORGANISATION_FILES, top, 'organisation')
        if document is None:
            self._written.broken.add(ALL_USERS)
            # Datasets may have been in it.
            if not any(name in top for name in DATASETS_FILES):
                self._written.broken.add(ALL_DATASETS)
            return
        if not isinstance(document.value, dict):
            self._not_a_mapping(document)
            self._written.broken.add(ALL_USERS)
            return
        value = dict(document.value)
        self._written.sources.mount(organisation_path(), document)
        inner = value.pop(DATASETS_KEY, None)
        if inner is not None:
            self._add_datasets(document, inner, (DATASETS_KEY,))
        self._written.organisation = value

    def _datasets(self, top: Mapping[str, Entry]) -> None:
        written = self._written
        if written.datasets and not any(name in top for name in DATASETS_FILES):
            return
        if ALL_DATASETS in written.broken:
            return
        document = self._one_of(DATASETS_FILES, top, 'datasets')
        if document is None:
            written.broken.add(ALL_DATASETS)
            return
        self._add_datasets(document, document.value, ())

    def _add_datasets(self, document: Document, value: Plain, steps: Path) -> None:
        written = self._written
        if not isinstance(value, dict):
            self._not_a_mapping(document, steps)
            written.broken.add(ALL_DATASETS)
            return
        for name, options in value.items():
            path = dataset_path(name)
            if name in written.datasets:
                self._twice(f"dataset '{name}'", path, document.locate((*steps, name), key=True))
                continue
            written.sources.mount(path, document, (*steps, name))
            written.datasets[name] = self._options(path, name, options)

    def _options(self, path: Path, name: str, options: Plain) -> dict[str, Plain]:
        written = self._written
        if not isinstance(options, dict):
            written.fault(
                'type',
                f'must be a mapping of options, not {"nothing" if options is None else "a single value or a list"}',
                written.sources.locate(path, key=True),
                path=path,
            )
            written.broken.add(path)
            return {}
        inner = options.get('dataset', name)
        if inner != name:
            written.fault(
                'dataset-name',
                f"the key 'dataset' says {inner!r}",
                written.sources.locate((*path, 'dataset')),
                path=path,
                suggestion='leave it out: the name of the entry is the name of the dataset',
            )
        return {**options, 'dataset': name}

    def _users(self, top: Mapping[str, Entry]) -> None:
        written = self._written
        if written.organisation is not None and isinstance(written.organisation.get('users'), dict):
            written.organisation['users'] = _with_ids(written.organisation['users'])
        if USERS_FILE not in top:
            return
        document = self._read(USERS_FILE, top[USERS_FILE])
        if document is None or not isinstance(document.value, dict):
            if document is not None:
                self._not_a_mapping(document)
            written.broken.add(ALL_USERS)
            if written.organisation is not None:
                written.organisation.setdefault('users', {})
            return
        if written.organisation is None:
            written.sources.mount(ALL_USERS, document)
            written.apart['users'] = _with_ids(document.value)
            return
        if 'users' not in written.organisation:
            written.sources.mount(ALL_USERS, document)
        users = written.organisation.setdefault('users', {})
        if not isinstance(users, dict):
            return
        for name in document.value:
            if name in users:
                self._twice(f"user '{name}'", (*ALL_USERS, name), document.locate((name,), key=True))
            else:
                written.sources.mount((*ALL_USERS, name), document, (name,))
        written.organisation['users'] = {**_with_ids(document.value), **users}

    def _federation(self, top: Mapping[str, Entry]) -> None:
        written = self._written
        if FEDERATION_FILE not in top:
            return
        document = self._read(FEDERATION_FILE, top[FEDERATION_FILE])
        if document is None:
            written.broken.add(FEDERATION)
        elif written.organisation is not None and FEDERATION[-1] in written.organisation:
            self._twice("'github_wif'", FEDERATION, document.locate((), key=True))
        else:
            written.sources.mount(FEDERATION, document)
            whole = written.apart if written.organisation is None else written.organisation
            whole[str(FEDERATION[-1])] = document.value

    def _attach(self, path: Path) -> None:
        value: Plain = self._written.organisation
        for step in path[1:]:
            value = value.get(str(step)) if isinstance(value, dict) else None
        if not isinstance(value, str) or not INSIDE.fullmatch(value):
            # The model says what is wrong with it.
            return
        try:
            self._written.sources.attach(path, files_of(self._tree, value))
        except Refused as refused:
            self._written.fault(
                refused.diagnostic.code, refused.diagnostic.message, self._written.sources.locate(path), path=path
            )
            self._written.broken.add(path)

    # The folders of the datasets.

    def _pieces(self, top: Mapping[str, Entry]) -> list[_Piece]:
        pieces: list[_Piece] = []
        for entry in top.values():
            if entry.name.startswith('.'):
                continue
            pieces += self._folder(entry.name, '', entry)
            if entry.name == DATASETS_FOLDER and entry.kind is Kind.FOLDER:
                for inner in self._entries(DATASETS_FOLDER):
                    pieces += self._folder(inner.name, f'{DATASETS_FOLDER}/', inner)
        return pieces

    def _folder(self, name: str, above: str, entry: Entry) -> list[_Piece]:
        path = above + name
        if entry.kind is Kind.FOLDER:
            return [_Piece(name, path, inner) for inner in self._entries(path)]
        if name in self._written.datasets and entry.kind is not Kind.FILE:
            self._written.fault('link', _unusable(entry.kind), Location(path))
            self._written.broken |= {dataset_path(name, key) for key in PIECES.values()}
        return []

    def _entries(self, folder: str) -> tuple[Entry, ...]:
        try:
            return self._tree.entries(folder)
        except Refused as refused:
            if folder.rpartition('/')[2] in self._written.datasets:
                self._written.faults.append(refused.diagnostic)
            return ()

    def _piece(self, piece: _Piece) -> None:
        written, name = self._written, piece.entry.name
        if ALL_DATASETS in written.broken:
            if name in PIECES and piece.folder != DATASETS_FOLDER:
                self._piece_of_whatever(piece, PIECES[name])
            return
        known = piece.dataset in written.datasets
        if name not in PIECES:
            near = _near_file(name, PIECES) if known and name.endswith(_ENDINGS) else None
            if near is not None:
                written.fault('unknown-file', 'no file of this name is read', Location(piece.path), suggestion=near)
            return
        if not known:
            if piece.folder != DATASETS_FOLDER or piece.entry.kind is Kind.FILE:
                written.fault(
                    'unknown-dataset',
                    f"a file for the dataset '{piece.dataset}', which does not exist",
                    Location(piece.path),
                    **_suggestion(did_you_mean(piece.dataset, written.datasets)),
                )
            return
        path = dataset_path(piece.dataset, PIECES[name])
        document = self._read(piece.path, piece.entry)
        if document is None:
            written.broken.add(path)
            return
        options = written.datasets[piece.dataset]
        if PIECES[name] in options:
            self._twice(f"'{PIECES[name]}' of dataset '{piece.dataset}'", path, document.locate((), key=True))
            return
        options[PIECES[name]] = document.value
        written.sources.mount(path, document)

    def _piece_of_whatever(self, piece: _Piece, key: str) -> None:
        """Whose file it is cannot be told, but whether there is anything wrong in it."""
        written, path = self._written, dataset_path(piece.dataset, key)
        document = self._read(piece.path, piece.entry)
        if document is not None and key not in written.pieces.setdefault(piece.dataset, {}):
            written.pieces[piece.dataset][key] = document.value
            written.sources.mount(path, document)

    # What is common to all files.

    def _one_of(self, names: tuple[str, str], top: Mapping[str, Entry], what: str) -> Document | None:
        found = [name for name in names if name in top]
        if not found:
            near = _near_file(names[0], [name for name in top if _could_be(name)])
            self._written.fault(
                'missing-file',
                f'there is no file with the {what} (also looked for {names[1]})',
                Location(names[0]),
                **_suggestion(near),
            )
            return None
        if len(found) > 1:
            self._written.fault(
                'both-spellings',
                f'{found[0]} and {found[1]} are two spellings of one file',
                Location(found[1]),
                suggestion='keep one of the two',
            )
        return self._read(found[0], top[found[0]])

    def _read(self, path: str, entry: Entry) -> Document | None:
        try:
            if entry.kind is not Kind.FILE:
                raise refuse('link', _unusable(entry.kind), Location(path))
            document = parse(path, self._tree.read(path))
        except Refused as refused:
            self._written.faults.append(refused.diagnostic)
            return None
        self._written.faults += document.faults
        return document

    def _unread(self, top: Mapping[str, Entry]) -> None:
        for name in top:
            if name in _TOP_FILES or not _could_be(name):
                continue
            near = _near_file(name, _TOP_FILES)
            if near is not None:
                self._written.faults.append(
                    Diagnostic(
                        'unknown-file',
                        'no file of this name is read',
                        severity=Severity.WARNING,
                        suggestion=near,
                        location=Location(name),
                    ),
                )

    def _twice(self, what: str, path: Path, second: Location) -> None:
        first = self._written.sources.locate(path, key=True)
        self._written.fault('given-twice', f'{what} is given twice; first at {first}', second)

    def _not_a_mapping(self, document: Document, steps: Path = ()) -> None:
        self._written.fault('type', 'must be a mapping of names to values', document.locate(steps, key=True))


def parse(file: str, content: bytes) -> Document:
    """Parse a file by the ending of its name.

    Raises `Refused` when it cannot be parsed.
    """
    text = decode(file, content)
    if file.endswith('.toml'):
        from cpg_infra.config.toml_source import read_toml  # noqa: PLC0415 - many configurations have no TOML

        return read_toml(file, text)
    from cpg_infra.config.yaml_source import read_yaml  # noqa: PLC0415 - as above, no YAML

    return read_yaml(file, text)


def _with_ids(users: Plain) -> dict[str, Plain]:
    """Users whose `id` is the key of their entry where they give none."""
    assert isinstance(users, dict)  # noqa: S101 - for the type checker; both callers have asked
    return {name: {'id': name, **user} if isinstance(user, dict) else user for name, user in users.items()}


def _near_file(name: str, known: Iterable[str]) -> str | None:
    stems = {_stem(other): other for other in known}
    near = nearest(_stem(name), stems, cutoff=_ALIKE)
    return None if near is None else f"did you mean '{stems[near]}'?"


def _stem(name: str) -> str:
    # Endings are all alike; `labels.yaml` is no slip of the pen for `members.yaml`.
    return name.rpartition('.')[0]


def _could_be(name: str) -> bool:
    return name.endswith(_ENDINGS) and not name.startswith(('Pulumi.', '.'))


def _suggestion(near: str | None) -> dict[str, str | Path]:
    return {} if near is None else {'suggestion': near}


def _unusable(kind: Kind) -> str:
    return {
        Kind.LINK_OUTSIDE: 'a link that leads out of the folder is not followed',
        Kind.BROKEN_LINK: 'a link that leads nowhere',
        Kind.FOLDER: 'a folder; there should be a file',
    }.get(kind, 'neither a regular file nor a folder')
