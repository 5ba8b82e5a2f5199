from __future__ import annotations

from pathlib import Path

from cpg_infra.config.reference import render

PAGE = Path(__file__).parents[2] / 'docs' / 'configuration.md'


def test_the_reference_is_that_of_the_models() -> None:
    assert PAGE.read_text(encoding='utf-8') == render(), (
        'docs/configuration.md is stale: python -m cpg_infra.config.reference > docs/configuration.md'
    )


def test_every_key_has_a_description() -> None:
    rows = [line for line in render().splitlines() if line.startswith('| `')]
    assert len(rows) > 100
    assert [row for row in rows if row.split(' | ')[-1].strip(' |') == ''] == []


def test_links_lead_to_headings() -> None:
    page = render()
    anchors = {
        ''.join(character for character in line.lstrip('# ').lower() if character.isalnum() or character in '_-')
        for line in page.splitlines()
        if line.startswith('### ')
    }
    links = {part.partition(')')[0] for part in page.split('](#')[1:]}
    assert links
    assert links <= anchors


def test_every_nested_model_has_a_table_of_its_keys() -> None:
    text = render()
    assert 'ForwardRef' not in text
    assert '`hail_batch_url`' in text
