"""Logs as lines of JSON, which Cloud Logging reads: alerts are made of their severities."""

from __future__ import annotations

import json
import logging
import sys
from functools import cache
from typing import Final

FIELDS: Final = 'fields'
"""What a record carries beside its message, as `extra`: an object of JSON whose keys become the line's."""


class JsonLines(logging.Formatter):
    """A record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """`severity` and `message`; a traceback is part of the message."""
        message = record.getMessage()
        if record.exc_info:
            message = f'{message}\n{self.formatException(record.exc_info)}'
        line = {'severity': record.levelname, 'message': message, 'logger': record.name}
        return json.dumps({**getattr(record, FIELDS, {}), **line}, ensure_ascii=False)


@cache
def log_as_json() -> None:
    """Let the billing logger write to standard output; once."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger('cpg_infra.billing')
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
