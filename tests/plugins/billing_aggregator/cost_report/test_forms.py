from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from cpg_infra.plugins.billing_aggregator.cost_report import messages, page, text
from cpg_infra.plugins.billing_aggregator.cost_report.bars import budget_bars
from cpg_infra.plugins.billing_aggregator.cost_report.plots import COLOURS, months_plots
from cpg_infra.plugins.billing_aggregator.cost_report.scales import brief, short, ticks
from cpg_infra.plugins.billing_aggregator.cost_report.slack import LONGEST, MOST_BLOCKS, chunks
from tests.plugins.billing_aggregator.cost_report.building import MONTHS, line, report, rich

TEXT = """\
Costs of 2026-11 until 2026-11-25 09:00 AEDT, 81% of 30 days
The newest line was exported 2026-11-24 18:00 UTC, 4 hours ago.

project                                    month  storage   compute    24 h         budget  month %  day %
lantern-old                                 0.00     0.00      0.00    0.00              –        –      –  no billing account
lantern-beta (beta)                     1,428.00    88.00  1,340.00   44.00  AUD  1,000.00     143%     4%  billing unknown, month ahead of budget
lantern-alpha (alpha)                     932.50   120.00    812.50  114.25  AUD  1,000.00      93%    11%  month ahead of budget, day above pace
lantern-gamma (gamma)                     243.40    33.00    210.40   10.00  AUD  1,000.00      24%     1%
lantern-hail (hail)                        95.00     0.00     95.00    2.00  AUD  1,000.00      10%     0%
lantern-a-cohort-with-a-very-long-name     14.50     0.00     14.50    0.20  AUD  1,000.00       1%     0%
lantern-common (common)                     4.50     0.00      4.50    0.20  AUD  1,000.00       0%     0%
no project                                240.00     0.00    240.00    0.00  AUD         –        –      –
rare-atlas on azure (gamma)                61.20     0.00     61.20    3.10  USD         –        –      –
all projects                            2,957.90                     170.65  AUD
all projects                               61.20                       3.10  USD
"""


def test_the_text_has_a_line_per_project_and_currency() -> None:
    assert text(rich()) == TEXT


def test_a_report_of_nothing_says_so() -> None:
    assert text(report(latest=None)).splitlines()[1] == 'The ledger has no costs yet.'
    assert [block['type'] for block in messages(report(latest=None))[0]] == ['header', 'context']
    assert '<svg' not in page(report(latest=None))


def test_slack_sections_are_short_and_messages_within_limits() -> None:
    made = report(*(line(f'lantern-{number:03}-{"x" * 40}', 900 + number) for number in range(400)), force=True)
    sent = messages(made)
    assert len(sent) > 1
    assert all(len(blocks) <= MOST_BLOCKS for blocks in sent)
    sections = [block['text']['text'] for blocks in sent for block in blocks if block['type'] == 'section']
    assert max(map(len, sections)) <= LONGEST
    whole = '\n'.join(sections)
    assert all(f'lantern-{number:03}-' in whole for number in range(400))


def test_a_line_that_is_too_long_is_cut_and_none_is_lost() -> None:
    parts = [*chunks(['a' * 1500, 'b' * 499, 'c', 'd' * 5000])]
    assert [len(part) for part in parts] == [2000, 1, 2000]
    assert parts[0] == 'a' * 1500 + '\n' + 'b' * 499
    assert [*chunks([])] == []


def test_slack_marks_what_needs_a_look_and_escapes_names() -> None:
    (blocks,) = messages(report(line('lantern-<a&b>', 900), line('lantern-alpha', 900)))
    assert blocks[1]['text']['text'] == (
        ':warning: *lantern-alpha (alpha)* – month ahead of budget\n'
        '900.00 AUD this month, 90% of 1,000.00 (storage 0.00, compute 900.00); 24 hours: 0.00 (0%)'
    )
    (blocks,) = messages(report(line('lantern-<a&b>', 900), force=True))
    assert '*lantern-&lt;a&amp;b&gt;*' in blocks[1]['text']['text']


def test_the_page_needs_nothing_from_elsewhere_and_escapes_names() -> None:
    made = page(report(line('<script>alert(1)</script>', 900), force=True))
    assert '<script' not in made
    assert '&lt;script&gt;' in made
    for elsewhere in ('http://', 'https://', 'src=', 'href=', '@import', 'url('):
        assert elsewhere not in page(rich())


def pictures(months: Sequence[tuple[str, str, str, Decimal]]) -> tuple[str, str]:
    """The broad and the narrow one."""
    broad, narrow = months_plots(months, 'AUD', '202611').partition('<ul')[0].split('</svg>')[:2]
    return f'{broad}</svg>', f'{narrow}</svg>'


def words(picture: str) -> list[str]:
    return [word.text or '' for word in ET.fromstring(picture).iter('text')]


def bars(picture: str) -> list[tuple[float, float, str]]:
    """Of each bar: where it begins, how long it is, and what it says."""
    tree = ET.fromstring(picture)
    return [
        (float(rect.attrib['y']), float(rect.attrib['height']), title.text or '')
        for rect in tree.iter('rect')
        if (title := rect.find('title')) is not None
    ]


def test_columns_are_as_high_as_their_costs_and_touch() -> None:
    months = [
        ('202610', 'a', 'AUD', Decimal(300)),
        ('202610', 'b', 'AUD', Decimal(100)),
        ('202611', 'a', 'AUD', Decimal(50)),
    ]
    picture = pictures([*months, ('202611', 'z', 'USD', Decimal(9))])[0]
    (a, b, later) = bars(picture)
    assert [said for *_, said in (a, b, later)] == [
        'a, 2026-10: 300.00 AUD',
        'b, 2026-10: 100.00 AUD',
        'a, 2026-11: 50.00 AUD',
    ]
    assert (a[1], b[1], later[1]) == pytest.approx((210, 70, 35), abs=0.01)
    assert b[0] + b[1] == pytest.approx(a[0], abs=0.01)


def test_more_datasets_than_colours_are_others_and_the_sum_stays() -> None:
    picture = pictures(MONTHS)[0]
    last = [(height, said) for _, height, said in bars(picture) if '2026-11' in said]
    assert [said.partition(',')[0] for _, said in last] == [
        'alpha', 'beta', 'gamma', 'common', 'hail', 'panels', 'newborn', 'controls', 'others',
    ]  # fmt: skip
    others = sum(cost for month, topic, _, cost in MONTHS if month == '202611' and topic in {'admin', 'sandbox'})
    assert last[-1][1] == f'others, 2026-11: {others:,.2f} AUD'


def test_a_dataset_has_one_colour_in_every_currency() -> None:
    dollars = [('202611', topic, 'USD', Decimal(cost)) for topic, cost in (('gamma', 5), ('stranger', 4))]
    legends = [months_plots([*MONTHS, *dollars], currency, '202611').partition('<ul')[2] for currency in ('AUD', 'USD')]
    found = [dict(re.findall(r'background:(#\w+)"></span>([\w-]+)', legend)) for legend in legends]
    colours = [{topic: colour for colour, topic in each.items()} for each in found]
    assert colours[1] == {'gamma': colours[0]['gamma'], 'stranger': COLOURS[0]}
    assert len(colours[0]) == 9


def test_the_month_that_is_not_over_says_so_and_columns_have_their_sums() -> None:
    broad, narrow = pictures([(f'2026{month:02}', 'a', 'AUD', Decimal(month * 1234)) for month in (9, 10, 11)])
    assert [word for word in words(broad) if 'k' not in word or '.' in word] == [
        '0', '11.1k', '2026-09', '12.3k', '2026-10', '13.6k', '2026-11', 'so far',
    ]  # fmt: skip
    assert words(narrow) == words(broad)


def test_many_months_are_numbers_with_the_year_where_it_begins() -> None:
    months = [f'2025{month:02}' for month in range(6, 13)] + [f'2026{month:02}' for month in range(1, 6)]
    _, narrow = pictures([(month, 'a', 'AUD', Decimal(1000)) for month in months])
    shown = words(narrow)
    assert shown[shown.index('06') :] == [
        '06', '2025', '07', '08', '09', '10', '11', '12', '01', '2026', '02', '03', '04', '05',
    ]  # fmt: skip


def test_bars_against_budgets_say_their_share() -> None:
    drawn = ET.fromstring(budget_bars(rich()))
    assert next(row.attrib['title'] for row in drawn if 'title' in row.attrib) == (
        'lantern-beta (beta): 1,428.00 of 1,000.00 AUD, 143%'
    )
    assert [bar.attrib['class'] for bar in drawn.iter('b') if 'class' in bar.attrib] == [
        'over', 'ahead', 'fine', 'fine', 'fine', 'fine',
    ]  # fmt: skip
    assert [''.join(mark.itertext()) for mark in drawn if mark.attrib.get('class') == 'marks'] == [
        'the budget',
        'today, 81% of the month',
    ]


@pytest.mark.parametrize(
    ('largest', 'wanted'),
    [
        ('0', [0, 1]),
        ('1', ['0', '0.2', '0.4', '0.6', '0.8', '1']),
        ('930', [0, 200, 400, 600, 800, 1000]),
        ('4100', [0, 1000, 2000, 3000, 4000, 5000]),
        ('0.037', None),
    ],
)
def test_axes_end_above_the_largest_value(largest: str, wanted: list[str] | None) -> None:
    made = ticks(Decimal(largest))
    assert made[0] == 0
    assert made[-1] >= Decimal(largest)
    if wanted is not None:
        assert made == [Decimal(value) for value in wanted]


def test_numbers_beside_shapes_are_rounded() -> None:
    assert [brief(Decimal(value)) for value in ('0.4', '999', '12345', '2499999')] == ['0', '999', '12.3k', '2.5M']


def test_axes_have_short_numbers() -> None:
    assert [short(Decimal(value)) for value in ('0', '0.5', '500', '1500', '20000', '2500000')] == [
        '0', '0.5', '500', '1.5k', '20k', '2.5M',
    ]  # fmt: skip
