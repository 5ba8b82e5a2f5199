"""All faults of a request, gathered before anything is done."""

from __future__ import annotations


class BadRequestError(ValueError):
    """A request that is refused, with every fault of it in `faults`, one sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__('; '.join(faults))


class Faults:
    """Faults that were found so far."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, where: str, what: str) -> None:
        """Remember that something is wrong with the field or part `where`."""
        self._found.append(f'{where}: {what}')

    def refuse_any(self) -> None:
        """Raise `BadRequestError` when there are any."""
        if self._found:
            raise BadRequestError(tuple(self._found))
