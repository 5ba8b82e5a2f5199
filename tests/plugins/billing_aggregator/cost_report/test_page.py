"""The report's page in a browser."""

from __future__ import annotations

import json

from cpg_infra.plugins.billing_aggregator.cost_report import page
from tests.chromium import Chromium
from tests.plugins.billing_aggregator.cost_report.building import rich

LAYOUT = """{
    fetched: performance.getEntriesByType('resource').length,
    wide: [document.documentElement, ...document.querySelectorAll('.wide')].some(
        part => part.scrollWidth > part.clientWidth),
    pictures: [...document.querySelectorAll('svg')].map(svg => {
        const frame = svg.getBoundingClientRect();
        const parts = [...svg.querySelectorAll('rect, text')].map(part => part.getBoundingClientRect());
        return {
            title: svg.getAttribute('aria-label'),
            inside: parts.every(part => part.left >= frame.left - 1 && part.right <= frame.right + 1
                && part.top >= frame.top - 1 && part.bottom <= frame.bottom + 1),
            shown: frame.width > 200 && frame.height > 100,
            lost: parts.filter(part => part.width === 0 || part.height === 0).length,
        };
    }),
    overlapping: [...document.querySelectorAll('svg')].some(svg => {
        const words = [...svg.querySelectorAll('text')].map(word => word.getBoundingClientRect());
        return words.some((one, index) => words.slice(index + 1).some(other =>
            one.left < other.right && other.left < one.right && one.top < other.bottom - 3 && other.top < one.bottom - 3));
    }),
    rows: document.querySelectorAll('tbody tr').length,
}"""


def test_the_page_is_laid_out_whole_and_fetches_nothing(chromium: Chromium) -> None:
    plots = (
        'This month against budgets',
        'Net cost of every dataset by month, AUD',
        'Net cost of every dataset by month, USD',
    )
    assert json.loads(chromium.measure(page(rich()), LAYOUT)) == {
        'fetched': 0,
        'wide': False,
        'pictures': [{'title': title, 'inside': True, 'shown': True, 'lost': 0} for title in plots],
        'overlapping': False,
        'rows': 9,
    }


def test_the_page_fits_a_telephone(chromium: Chromium) -> None:
    seen = chromium.measure(page(rich()), '[document.documentElement.scrollWidth, window.innerWidth]', width=500)
    needed, there = json.loads(seen)
    assert needed <= there


def test_the_page_is_drawn(chromium: Chromium) -> None:
    assert chromium.screenshot(page(rich())).startswith(b'\x89PNG')
