"""What holds for the whole suite: the number of skipped tests is part of the result, and hypothesis repeats itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from pulumi.runtime.proto import status_pb2

# Pulumi's SDK and Google's clients each bring a `google.rpc.Status`, and a process can load only one of them. The
# program never needs both in one process (the ledger runs beside the engine); the tests share theirs.
sys.modules['google.rpc.status_pb2'] = status_pb2

pytest_plugins = ['tests.bigquery_emulator', 'tests.chromium', 'tests.pulumi_cli', 'tests.needing']

# On CI each run tries the same examples; elsewhere new ones, and a failure is remembered.
# No deadline anywhere: a slow machine is not a wrong program.
settings.register_profile(
    'ci', derandomize=True, database=None, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    'dev', deadline=None, print_blob=True, database=DirectoryBasedExampleDatabase('.hypothesis/examples')
)
settings.load_profile('ci' if os.environ.get('CI') else 'dev')


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini('expected_skips', 'how many tests the suite skips; another number fails the run', default='0')
    parser.addoption(
        '--expect-skips', type=int, default=None, metavar='N', help='instead of expected_skips in pyproject.toml'
    )


def expected_skips(config: pytest.Config) -> int:
    option: int | None = config.getoption('expect_skips')
    if option is not None:
        return option
    from tests.needing import skips_for_want_of_something  # a plugin: not before pytest has loaded it

    return int(config.getini('expected_skips')) + skips_for_want_of_something(config)


def skipped_reports(config: pytest.Config) -> dict[str, str]:
    """Skipped tests and files by their id, with the reason; one entry each however many workers saw it."""
    reporter = config.pluginmanager.get_plugin('terminalreporter')
    reports: Iterable[pytest.TestReport | pytest.CollectReport] = reporter.stats.get('skipped', ()) if reporter else ()
    return {report.nodeid: reason(report) for report in reports}


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, 'workerinput')


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run that is otherwise good but skipped more, or fewer, tests than expected."""
    if is_worker(session.config) or exitstatus != pytest.ExitCode.OK:
        return
    if len(skipped_reports(session.config)) != expected_skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped, expected = skipped_reports(config), expected_skips(config)
    if len(skipped) == expected:
        return
    terminalreporter.section(f'{len(skipped)} skipped, {expected} expected', red=True)
    for nodeid, why in sorted(skipped.items()):
        terminalreporter.line(f'{nodeid}: {why}')
    terminalreporter.line('A skip that is meant is counted in expected_skips in pyproject.toml.')
