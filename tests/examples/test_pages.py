"""Our pages: names that exist, links that lead somewhere, code that runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from cpg_infra.config import CPGInfrastructureConfig
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan
from cpg_infra.plugin import GROUP, PluginError
from tests.examples import lantern
from tests.examples.excerpt import with_excerpt
from tests.examples.markdown import blocks, code, page, tables

PAGES: Final = sorted(
    str(path.relative_to(lantern.ROOT))
    for path in (
        lantern.ROOT / 'README.md',
        lantern.LANTERN / 'README.md',
        *(lantern.ROOT / 'docs').rglob('*.md'),
    )
)


@pytest.mark.parametrize('name', PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    here = (lantern.ROOT / name).parent
    for target in re.findall(r'\]\(([^)]+)\)', page(name)):
        path, _, anchor = target.partition('#')
        if path.startswith('http'):
            continue
        assert (here / path).exists(), target
        if anchor and (here / path).suffix in {'', '.md'}:
            text = page(str((here / path).relative_to(lantern.ROOT)) if path else name)
            assert anchor in anchors(text), target


def anchors(text: str) -> set[str]:
    """What a page's titles are called in links."""
    titles = re.findall(r'^#+ (.*)$', text, flags=re.MULTILINE)
    return {re.sub(r'[^\w -]', '', title.lower()).replace(' ', '-') for title in titles}


def test_the_index_of_decisions_is_complete() -> None:
    folder = lantern.ROOT / 'docs' / 'decisions'
    listed = set(re.findall(r'\]\(([^)]+)\)', page('docs/decisions/README.md')))
    assert listed == {path.name for path in folder.glob('0*.md')}


@pytest.mark.parametrize(('name', 'title'), [('docs/names.md', 'Logical names'), ('docs/azure.md', 'Names')])
def test_the_names_on_the_page_are_those_of_the_example(name: str, title: str) -> None:
    planned = {resource.name: resource.physical for resource in lantern.plan().resources}
    rows = tables(page(name), title)[1]
    assert rows
    for logical, physical in ((code(row[0])[0], code(row[1])[0]) for row in rows):
        assert planned.get(logical) == physical


# The plugin of docs/plugins.md ----------------------------------------------------------------------------


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The plugin of the page, installed as its `pyproject.toml` there says."""
    text = page('docs/plugins.md')
    module = ModuleType('lantern_audit')
    (source,) = blocks(text, 'python')
    exec(source, vars(module))
    monkeypatch.setitem(__import__('sys').modules, 'lantern_audit', module)
    installed, enabled = map(tomllib.loads, blocks(text, 'toml'))
    ((name, value),) = installed['project']['entry-points'][GROUP].items()
    assert enabled == {'plugins_enabled': [name]}
    monkeypatch.setattr('cpg_infra.plugin.entry_points', lambda group: [EntryPoint(name, value, group)])
    return module


def with_plugin(**changes: object) -> Plan:
    loaded = lantern.configuration()
    config = CPGInfrastructureConfig.from_dict(
        {**loaded.organisation.model_dump(), 'plugins_enabled': ['audit'], **changes},
    )
    return Infrastructure(config, loaded.datasets, date=lantern.DATE, sources=loaded.sources).plan()


def test_the_plugin_on_the_page_adds_what_it_says(plugin: ModuleType) -> None:
    before = {resource.name for resource in lantern.plan().resources}
    added = {resource.name: resource for resource in with_plugin().resources if resource.name not in before}
    assert {name: resource.type for name, resource in added.items()} == {
        'audit-log-topic': 'gcp:pubsub/topic:Topic',
        'common-gcp-lantern-audit-logs-bucket': 'gcp:storage/bucket:Bucket',
        'common-gcp-lantern-audit-logs-bucket-read': 'gcp:storage/bucketIAMBinding:BucketIAMBinding',
        'common-gcp-lt-audit-readers-group': 'gcp:cloudidentity/group:Group',
        'common-gcp-lt-audit-readers-group-members': 'cpg:google:GroupMembers',
    }
    assert {(resource.owner.dataset, resource.owner.component) for resource in added.values()} == {('', 'audit')}


def test_a_plugin_that_raises_ends_the_plan_with_its_name(plugin: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ValueError('nobody could read the audit logs')

    monkeypatch.setattr(plugin.AuditPlugin, 'on_group_finalisation', fail)
    with pytest.raises(PluginError, match=r"plugin 'audit' failed: .*nobody could read the audit logs"):
        with_plugin()


# README.md ------------------------------------------------------------------------------------------------


def test_the_programs_in_the_readme_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import cpg_infra

    folders: list[Path] = []
    monkeypatch.setattr(cpg_infra, 'main', folders.append, raising=False)
    monkeypatch.chdir(lantern.ROOT)
    for program in blocks(page('README.md'), 'python'):
        exec(program, {'__file__': str(lantern.LANTERN / '__main__.py')})
    assert folders == [lantern.LANTERN]


def test_the_excerpt_in_the_readme_is_real() -> None:
    text = page('README.md')
    assert with_excerpt(text) == text, 'python -m tests.examples.regenerate'
