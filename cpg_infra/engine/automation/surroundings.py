"""What providers are told by the environment while a command runs: what the plan says and nobody else does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cpg_infra.plan import Setting


@contextmanager
def told(settings: Iterable[Setting]) -> Iterator[None]:
    """Set the variables of `settings` that are not set, and take them back.

    A stack's own settings come before them. One that was set otherwise stays, and the plan is then refused.
    """
    added = {each.variable: each.value for each in settings if each.variable not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for variable in added:
            os.environ.pop(variable, None)
