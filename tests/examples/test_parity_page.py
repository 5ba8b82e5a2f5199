from __future__ import annotations

from tests.examples.parity import PARITY, parity_page


def test_the_page_is_the_report_of_the_example() -> None:
    assert PARITY.read_text(encoding='utf-8') == parity_page(), 'python -m tests.examples.regenerate'
