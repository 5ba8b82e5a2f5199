"""An archive of files, as an input of a resource: known by its content, which the plan does not show.

Equal files give equal bytes on every machine: entries in order, fixed times and rights, stored and not compressed
(compression differs between libraries). So what is named by the hash does not change while its files do not.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The first that a zip file can express."""
_RIGHTS: Final = 0o100644


@dataclass(frozen=True)
class Archive:
    """A zip file. `name` says what it is for; `files` maps paths inside it to their bytes.

    Two archives are equal when their content is; only `name` and `sha256` are in a plan's canonical form.
    """

    name: str
    files: Mapping[str, bytes] = field(repr=False)

    @cached_property
    def content(self) -> bytes:
        """The bytes of the zip file."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, 'w', zipfile.ZIP_STORED) as archive:
            for path in sorted(self.files):
                entry = zipfile.ZipInfo(path, _TIME)
                entry.create_system = 3
                entry.external_attr = _RIGHTS << 16
                archive.writestr(entry, self.files[path])
        return made.getvalue()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the zip file, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __str__(self) -> str:
        return f'«{self.name}.zip {self.sha256[:12]}»'

    def as_plain(self) -> dict[str, object]:
        """The JSON form: an object with one key that begins with `$`."""
        return {'$archive': (self.name, self.sha256)}
