"""Which stacks a change of the configuration is news for."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable

import pytest

from cpg_infra.config import CPGDatasetConfig
from cpg_infra.config.diagnostics import Diagnostic, Severity, dataset_path
from cpg_infra.engine.stacks import Shard, StackChanges, fingerprint, shards_of, stack_changes
from cpg_infra.plan import Plan, Ref
from tests.engine.building import plan, resource
from tests.organisations import Plain, dataset, plan_of


def cut(plan: Plan) -> tuple[Shard, ...]:
    return shards_of(plan, 'per-dataset', 'common')


def changes(*datasets: CPGDatasetConfig, to: tuple[CPGDatasetConfig, ...], **changed: Plain) -> StackChanges:
    """What differs when some datasets become others."""
    return stack_changes(cut(plan_of(*datasets)), cut(plan_of(*to, **changed)))


ANALYSTS: Plain = {'analysis': ['ana', 'bao']}


@pytest.mark.parametrize('people', ['analysis', 'data-manager', 'upload', 'web-access', 'metadata-access'])
def test_a_person_more_in_one_dataset_is_news_for_it_and_the_last_stack_only(people: str) -> None:
    many = [dataset(f'other-{number}') for number in range(5)]
    found = changes(*many, dataset('alpha'), to=(*many, dataset('alpha', members={people: ['ana']})))
    assert (found.added, found.removed) == ((), ())
    # Some of a dependant's groups are in those of the common dataset by name only: then its stack has no news.
    assert found.changed in {('alpha-gcp',), ('alpha-gcp', 'common-gcp')}


def test_a_person_less_is_news_for_the_dataset_its_dependencies_and_the_last_stack() -> None:
    others = (dataset('beta', depends_on=['zeta']), dataset('zeta'), dataset('other'))
    before = dataset('alpha', depends_on=['beta'], members=ANALYSTS)
    after = dataset('alpha', depends_on=['beta'], members={'analysis': ['ana']})
    assert changes(before, *others, to=(after, *others)).changed == (
        'alpha-gcp',
        'beta-gcp',
        'zeta-gcp',
        'common-gcp',
    )


def test_a_dataset_more_or_less_is_a_stack_more_or_less_and_news_for_the_last() -> None:
    alpha, beta = dataset('alpha'), dataset('beta')
    assert changes(alpha, to=(alpha, beta)) == StackChanges(('beta-gcp',), ('common-gcp',), ())
    assert changes(alpha, beta, to=(alpha,)) == StackChanges((), ('common-gcp',), ('beta-gcp',))


def test_a_bucket_option_is_news_for_its_dataset_only() -> None:
    beta = dataset('beta')
    assert changes(dataset('alpha'), beta, to=(dataset('alpha', archive_age=30), beta)).changed == ('alpha-gcp',)


def test_what_exists_on_paper_is_no_news() -> None:
    paper: Plain = {'deploy_locations': ['dry-run'], 'budgets': {'dry-run': {'monthly_budget': 1}}}
    before, after = dataset('alpha', **paper), dataset('alpha', **paper, archive_age=30)
    assert changes(before, to=(after,)) == StackChanges((), (), ())


# What the fingerprint covers ------------------------------------------------------------------------------

READS = Ref('user', 'identity')
SHARD = Shard('beta', plan(resource('list', {'members': [READS]})), ('alpha',), (READS,), (), {'user': 'alpha'})
FACTS = {'user': {'identity': 'a@example.org', 'other': 'x'}}


def renamed(shard: Shard, name: str) -> Shard:
    (only,) = shard.plan.resources
    return dataclasses.replace(shard, plan=plan(dataclasses.replace(only, name=name)))


NEWS: dict[str, Callable[[], tuple[Shard, dict[str, dict[str, str]]]]] = {
    'a resource': lambda: (renamed(SHARD, 'other'), FACTS),
    'a fact that it reads': lambda: (SHARD, {'user': {'identity': 'b@example.org'}}),
    'a fact that is missing': lambda: (SHARD, {}),
    'a fact to give': lambda: (dataclasses.replace(SHARD, gives=(Ref('list', 'id'),)), FACTS),
    'a stack output': lambda: (
        dataclasses.replace(SHARD, plan=dataclasses.replace(SHARD.plan, outputs={'a': 'b'})),
        FACTS,
    ),
}


@pytest.mark.parametrize('what', NEWS)
def test_another_emission_has_another_fingerprint(what: str) -> None:
    shard, facts = NEWS[what]()
    assert fingerprint(shard, facts) != fingerprint(SHARD, FACTS)


def test_what_an_emission_does_not_read_leaves_the_fingerprint_alone() -> None:
    remark = Diagnostic('old', 'this is old', dataset_path('alpha'), Severity.WARNING)
    noted = dataclasses.replace(SHARD, plan=dataclasses.replace(SHARD.plan, diagnostics=(remark,)))
    assert fingerprint(noted, {**FACTS, 'another': {'identity': 'x'}}) == fingerprint(SHARD, FACTS)


def test_another_version_of_the_program_or_of_a_provider_in_use_is_another_fingerprint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = fingerprint(SHARD, FACTS)
    with monkeypatch.context() as patch:
        # The function has its module's name, and hides it.
        patch.setattr(sys.modules['cpg_infra.engine.stacks.fingerprint'], 'own_version', lambda: '99')
        assert fingerprint(SHARD, FACTS) != before
    with monkeypatch.context() as patch:
        patch.setitem(providers(), 'gcp', '99.0.0')
        assert fingerprint(SHARD, FACTS) != before
    with monkeypatch.context() as patch:
        patch.setitem(providers(), 'azuread', '99.0.0')
        assert fingerprint(SHARD, FACTS) == before


def providers() -> dict[str, str]:
    from cpg_infra.engine.providers import PROVIDER_VERSIONS

    assert isinstance(PROVIDER_VERSIONS, dict)
    return PROVIDER_VERSIONS
