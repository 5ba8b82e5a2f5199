"""What an entry point answers: a status of HTTP and a JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

OK: Final = 200
BAD: Final = 400
FAILED: Final = 500


@dataclass(frozen=True, slots=True)
class Response:
    """`body` is JSON already."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as it is sent."""
        return json.dumps(self.body, ensure_ascii=False, default=str) + '\n'
