"""Plugins: found by entry point, loaded by name, called in order, and part of the plan."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import ClassVar

import pytest

from cpg_infra import plugin as plugin_module
from cpg_infra.config import ConfigurationError
from cpg_infra.driver import ClosedBookError
from cpg_infra.plugin import CpgInfrastructurePlugin, PluginError
from tests.organisations import dataset, plan_of

CALLS: list[str] = []


class Recording(CpgInfrastructurePlugin):
    """Writes down when it is called."""

    name: ClassVar[str] = 'recording'

    def main(self) -> None:
        CALLS.append(f'{self.name}.main')

    def on_group_finalisation(self) -> None:
        CALLS.append(f'{self.name}.on_group_finalisation')


class Second(Recording):
    name = 'second'


class Raising(CpgInfrastructurePlugin):
    def main(self) -> None:
        raise RuntimeError('no such table')


class RaisingLater(Recording):
    def on_group_finalisation(self) -> None:
        raise KeyError('members')


class Raw(CpgInfrastructurePlugin):
    """Declares a resource that the abstraction has no word for, and a member."""

    def main(self) -> None:
        there = next(iter(self.infrastructure.on.values()))
        by = there.by('raw', 'domain')
        there.infrastructure.raw('raw-topic', 'gcp:pubsub/topic:Topic', 'topics/raw', {'name': 'raw'}, by)
        group = self.infrastructure.datasets['alpha'].on[there.cloud].groups['analysis']
        group.add(there.infrastructure.account('robot@raw.iam.gserviceaccount.com'), by)


class Late(CpgInfrastructurePlugin):
    """Adds a member when the groups are closed."""

    def main(self) -> None:
        pass

    def on_group_finalisation(self) -> None:
        there = next(iter(self.infrastructure.on.values()))
        group = self.infrastructure.datasets['common'].on[there.cloud].groups['analysis']
        assert [each.user for each in self.infrastructure.groups.resolve(group) if each.user] == []
        group.add(there.infrastructure.account('late@example.org'), there.by('late', 'domain'))


class Taking(CpgInfrastructurePlugin):
    """Declares what a dataset has declared."""

    def main(self) -> None:
        there = next(iter(self.infrastructure.on.values()))
        by = there.by('taking', 'domain')
        there.infrastructure.raw('common-gcp-main-bucket', 'gcp:pubsub/topic:Topic', 'topics/taken', {}, by)


NOT_A_PLUGIN = SimpleNamespace()


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry points as if they were installed."""
    CALLS.clear()
    here = __name__
    points = {
        'recording': f'{here}:Recording',
        'second': f'{here}:Second',
        'raising': f'{here}:Raising',
        'raising-later': f'{here}:RaisingLater',
        'raw': f'{here}:Raw',
        'late': f'{here}:Late',
        'taking': f'{here}:Taking',
        'nothing': f'{here}:NOT_A_PLUGIN',
        'broken': 'no_such_module_anywhere:Plugin',
    }

    def entry_points(*, group: str) -> Iterable[EntryPoint]:
        assert group == 'cpginfra.plugins'
        return [EntryPoint(name, value, group) for name, value in points.items()]

    monkeypatch.setattr(plugin_module, 'entry_points', entry_points)


def failure(name: str) -> str:
    with pytest.raises(PluginError) as caught:
        plan_of(plugins_enabled=[name])
    return str(caught.value)


def test_both_hooks_are_called_plugins_in_the_order_of_their_names_groups_closed_in_between() -> None:
    plan_of(plugins_enabled=['second', 'recording'])
    assert CALLS == [
        'recording.main',
        'second.main',
        'recording.on_group_finalisation',
        'second.on_group_finalisation',
    ]


def test_a_plugin_that_is_not_enabled_is_not_loaded() -> None:
    plan_of()
    assert CALLS == []


def test_a_plugin_that_is_enabled_twice_is_called_once() -> None:
    plan_of(plugins_enabled=['second', 'second'])
    assert CALLS == ['second.main', 'second.on_group_finalisation']


def test_a_missing_plugin_is_named_with_a_near_one() -> None:
    message = failure('recoding')
    assert "no plugin 'recoding'" in message
    assert "'recording'" in message


def test_a_missing_plugin_that_is_near_to_nothing_is_named_with_what_is_installed() -> None:
    assert failure('zzzz') == (
        "plugins_enabled: no plugin 'zzzz' "
        '(installed: broken, late, nothing, raising, raising-later, raw, recording, second, taking)'
    )


def test_a_plugin_that_cannot_be_imported_is_named() -> None:
    message = failure('broken')
    assert message.startswith("plugin 'broken' cannot be imported: ModuleNotFoundError")


def test_what_is_no_plugin_is_named() -> None:
    assert failure('nothing') == "plugin 'nothing' is no CpgInfrastructurePlugin: namespace()"


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('raising', "plugin 'raising' failed: RuntimeError('no such table')"),
        ('raising-later', "plugin 'raising-later' failed: KeyError('members')"),
    ],
)
def test_a_plugin_that_raises_is_named(name: str, message: str) -> None:
    assert failure(name) == message


def test_a_name_that_is_taken_is_told_where_the_configuration_asks_for_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        plan_of(plugins_enabled=['taking'])
    [fault] = caught.value.diagnostics
    assert (fault.code, fault.path) == ('name-collision', ('organisation', 'domain'))
    assert fault.message == (
        "resource 'common-gcp-main-bucket' is declared twice: by common/gcp/storage and by organisation/gcp/taking"
    )


def test_what_a_plugin_declares_is_in_the_plan_raw_resources_too() -> None:
    plan = plan_of(dataset('alpha'), plugins_enabled=['raw'])
    topic = plan.resource_by_name['raw-topic']
    assert (topic.type, topic.physical, topic.inputs, topic.owner.component) == (
        'gcp:pubsub/topic:Topic',
        'topics/raw',
        {'name': 'raw'},
        'raw',
    )
    assert topic.intents == ('gcp:raw:gcp:pubsub/topic:Topic:topics/raw',)
    assert 'robot@raw.iam.gserviceaccount.com' in str(
        plan.resource_by_name['alpha-sample-metadata-main-read-group-cache-members'].inputs['content']
    )


def test_when_groups_are_final_a_plugin_may_ask_who_is_in_them_and_add_nobody() -> None:
    with pytest.raises(PluginError) as caught:
        plan_of(plugins_enabled=['late'])
    assert isinstance(caught.value.__cause__, ClosedBookError)
    assert str(caught.value).startswith(
        "plugin 'late' failed: ClosedBookError('group common-analysis: the groups are closed"
    )
