"""How a Pulumi program ends when its configuration has faults."""

from __future__ import annotations

import pulumi

from cpg_infra.config import ConfigurationError, Severity


class ProgramStoppedError(pulumi.RunError, ConfigurationError):
    """The faults have been shown one by one; Pulumi ends the program with one sentence and no traceback."""

    def __str__(self) -> str:
        count = sum(remark.severity is Severity.ERROR for remark in self.diagnostics)
        return f'{count} {"fault" if count == 1 else "faults"} in the configuration; nothing was registered'
