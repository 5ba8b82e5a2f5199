"""The report's page in a browser."""

from __future__ import annotations

import json

import pytest

from cpg_infra.plugins.billing_aggregator.cost_report import page
from tests.chromium import Chromium
from tests.plugins.billing_aggregator.cost_report.building import rich

LAYOUT = """(() => {
    const drawn = [...document.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width > 0);
    const box = part => part.getBoundingClientRect();
    const inside = (part, frame) => part.left >= frame.left - 1 && part.right <= frame.right + 1
        && part.top >= frame.top - 1 && part.bottom <= frame.bottom + 1;
    const apart = words => !words.some((one, index) => words.slice(index + 1).some(other =>
        one.left < other.right && other.left < one.right && one.top < other.bottom - 3 && other.top < one.bottom - 3));
    const words = [...document.querySelectorAll('.bars .name, .bars .amounts, .marks .track span')].map(box);
    const all = document.querySelector('.bars').getBoundingClientRect();
    return {
        fetched: performance.getEntriesByType('resource').length,
        wide: document.documentElement.scrollWidth > window.innerWidth,
        pictures: drawn.map(svg => {
            const parts = [...svg.querySelectorAll('rect, text')].map(box);
            return {
                title: svg.getAttribute('aria-label'),
                inside: parts.every(part => inside(part, box(svg))),
                shown: box(svg).width > 200 && box(svg).height > 100,
                lost: parts.filter(part => part.width === 0 || part.height === 0).length,
            };
        }),
        legible: Math.min(...drawn.flatMap(svg => [...svg.querySelectorAll('text')].map(word => box(word).height))) >= 12,
        apart: drawn.every(svg => apart([...svg.querySelectorAll('text')].map(box))) && apart(words),
        bars: words.every(part => inside(part, all)),
        rows: document.querySelectorAll('tbody tr').length,
    };
})()"""


@pytest.mark.parametrize('width', [1000, 500])
def test_the_page_is_laid_out_whole_and_fetches_nothing(chromium: Chromium, width: int) -> None:
    plots = ('Net cost of every dataset by month, AUD', 'Net cost of every dataset by month, USD')
    assert json.loads(chromium.measure(page(rich()), LAYOUT, width=width)) == {
        'fetched': 0,
        'wide': False,
        'pictures': [{'title': title, 'inside': True, 'shown': True, 'lost': 0} for title in plots],
        'legible': True,
        'apart': True,
        'bars': True,
        'rows': 9,
    }


def test_a_broad_page_shows_the_whole_table_and_a_narrow_one_keeps_the_names_in_sight(chromium: Chromium) -> None:
    seen = """(() => {
        const frame = document.querySelector('.wide');
        frame.scrollLeft = 1000;
        return [frame.scrollLeft > 0, document.querySelector('tbody td').getBoundingClientRect().left >= 0];
    })()"""
    assert json.loads(chromium.measure(page(rich()), seen)) == [False, True]
    assert json.loads(chromium.measure(page(rich()), seen, width=500)) == [True, True]


def test_the_budget_and_today_are_seen_on_every_bar(chromium: Chromium) -> None:
    seen = """[...document.querySelectorAll('.bars .track b')].map(bar => {
        const track = bar.parentElement;
        const at = mark => Math.round(100 * (mark.getBoundingClientRect().left - track.getBoundingClientRect().left)
            / track.getBoundingClientRect().width);
        const over = mark => document.elementsFromPoint(
            mark.getBoundingClientRect().left, bar.getBoundingClientRect().top + 4)[0] === mark;
        return [...track.querySelectorAll('i')].map(mark => [mark.className, at(mark), over(mark)]);
    })"""
    found = json.loads(chromium.measure(page(rich()), seen))
    assert len(found) > 3
    assert {tuple(map(tuple, marks)) for marks in found} == {(('whole', 70, True), ('now', 57, True))}


def test_the_page_is_drawn(chromium: Chromium) -> None:
    assert chromium.screenshot(page(rich())).startswith(b'\x89PNG')
