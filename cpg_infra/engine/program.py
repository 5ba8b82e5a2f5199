"""A Pulumi program: from a configuration to registered resources.

    import cpg_infra

    cpg_infra.main()

Pulumi is imported when the program runs, not before: planning needs none of it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cpg_infra.checks import checked
from cpg_infra.config import (
    ConfigurationError,
    CPGDatasetConfig,
    CPGInfrastructureConfig,
    Diagnostic,
    Severity,
    Sources,
    load,
)
from cpg_infra.config.diagnostics import in_order
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan


class CPGInfrastructure(Infrastructure):
    """The infrastructure of an organisation, as a plan or as a Pulumi program.

    `date` decides which memberships have expired; it is today (UTC) when it is left out. Raises
    `ConfigurationError`, with every fault, when the configuration as a whole is wrong; inside a Pulumi program
    each fault is also an error of the program, which then ends without a traceback.
    """

    def __init__(
        self,
        config: CPGInfrastructureConfig,
        dataset_configs: Iterable[CPGDatasetConfig] | Mapping[str, CPGDatasetConfig],
        *,
        date: dt.date | None = None,
        sources: Sources | None = None,
    ) -> None:
        with _faults_shown():
            super().__init__(config, dataset_configs, date=date or dt.datetime.now(dt.UTC).date(), sources=sources)

    def main(self) -> Plan:
        """Register everything with the running Pulumi program; returns the plan.

        Raises `ConfigurationError` when the plan forbids its own deployment, and `pulumi.RunError` when no
        Pulumi program is running. Nothing is registered then.
        """
        return _run(self)


def main(folder: str | Path = '.') -> Plan:
    """Load the configuration in `folder` and register everything with the running Pulumi program.

    Raises what `CPGInfrastructure.main` raises, and `ConfigurationError` for faults in the files.
    """
    with _faults_shown():
        loaded = load(folder)
    infrastructure = CPGInfrastructure(loaded.organisation, loaded.datasets, sources=loaded.sources)
    return _run(infrastructure, loaded.diagnostics)


def _run(infrastructure: CPGInfrastructure, remarks: Iterable[Diagnostic] = ()) -> Plan:
    import pulumi  # noqa: PLC0415 - see the module's docstring

    from cpg_infra.engine.emit import emit  # noqa: PLC0415 - likewise

    plan = checked(infrastructure.plan(), infrastructure.config)
    if not _in_program():
        raise pulumi.RunError(
            'no Pulumi program is running: use `pulumi preview` or `pulumi up`, or `cpg-infra plan` to see the plan'
        )
    located = (remark.located(infrastructure.sources) for remark in plan.diagnostics)
    with _faults_shown():
        emit(dataclasses.replace(plan, diagnostics=in_order([*remarks, *located])))
    return plan


def _in_program() -> bool:
    if 'pulumi' not in sys.modules:
        return False
    from pulumi.runtime import get_root_resource  # noqa: PLC0415 - likewise

    return get_root_resource() is not None


@contextmanager
def _faults_shown() -> Iterator[None]:
    """Inside a Pulumi program, show each diagnostic as one of the program's own and end it without a traceback."""
    try:
        yield
    except ConfigurationError as error:
        if not _in_program():
            raise
        import pulumi  # noqa: PLC0415 - likewise

        from cpg_infra.engine.stopped import ProgramStoppedError  # noqa: PLC0415 - likewise

        for remark in error.diagnostics:
            log = pulumi.log.error if remark.severity is Severity.ERROR else pulumi.log.warn
            log(str(remark))
        raise ProgramStoppedError(error.diagnostics) from None
