"""A headless Chromium (Debian: `chromium`), for tests of pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from html import unescape
from pathlib import Path
from typing import Final

import pytest

WHY: Final = 'no Chromium on PATH (Debian: apt-get install chromium)'
NAMES: Final = ('chromium', 'chromium-browser', 'google-chrome')


@cache
def found() -> str | None:
    """The browser, None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Chromium:
    """Opens pages; none of them reaches a network."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def measure(self, page: str, script: str, width: int = 1000) -> str:
        """What `script`, a JavaScript expression, comes to when the page is shown in a window of this width."""
        measuring = f'<script>document.documentElement.dataset.said = JSON.stringify({script})</script></body>'
        file = self._folder / 'measured.html'
        file.write_text(page.replace('</body>', measuring), encoding='utf-8')
        shown = self._run(width, '--dump-dom', file.as_uri())
        said = re.search(r'<html[^>]* data-said="([^"]*)"', shown)
        assert said is not None, shown[:500]
        return unescape(said[1])

    def screenshot(self, page: str, width: int = 1000, height: int = 1600) -> bytes:
        """The page as PNG."""
        file, picture = self._folder / 'shown.html', self._folder / 'shown.png'
        file.write_text(page, encoding='utf-8')
        self._run(width, f'--screenshot={picture}', file.as_uri(), height=height)
        return picture.read_bytes()

    def _run(self, width: int, *arguments: str, height: int = 1000) -> str:
        command = [
            self._program, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars',
            '--host-resolver-rules=MAP * ~NOTFOUND', f'--user-data-dir={self._folder / "profile"}',
            f'--window-size={width},{height}', *arguments,
        ]  # fmt: skip
        run = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        assert run.returncode == 0, run.stderr
        return run.stdout


@pytest.fixture
def chromium(tmp_path: Path) -> Chromium:
    """The browser. The test is skipped where there is none."""
    program = found()
    if program is None:
        pytest.skip(WHY)
    return Chromium(program, tmp_path)


def pytest_report_header(config: pytest.Config) -> str:
    return f'chromium: {found() or WHY}'
