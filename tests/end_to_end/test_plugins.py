"""An organisation with every plugin: deployed, deployed again, and with one thing changed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cpg_infra.engine.automation.outcome import Outcome
from cpg_infra.engine.automation.previews import Looked
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.run import Run
from cpg_infra.engine.automation.saved_preview import SavedPreview
from cpg_infra.engine.automation.stack import Stack, opened
from cpg_infra.engine.emit import emit
from cpg_infra.engine.stacks import Shard
from cpg_infra.engine.stacks.placement import WHOLE
from tests.end_to_end.harness import STACK, Deployment
from tests.end_to_end.in_flight import check_found_again, place_of
from tests.end_to_end.plugins import CI, with_plugins
from tests.plugins.github_wif.federation import environment
from tests.plugins.metamist.loading import CODE


@pytest.fixture(scope='module')
def deployed(tmp_path_factory: pytest.TempPathFactory, pulumi_cli: Path) -> Deployment:
    """Everything, deployed once; each test leaves it as it was or says what it changes."""
    deployment = Deployment.begin(tmp_path_factory.mktemp('plugins') / 'deployment', pulumi_cli, 'beacon')
    outcome = deployment.up(with_plugins(number=number_of(deployment)))
    assert outcome.is_sound, outcome.errors or outcome.raised
    return deployment


def number_of(deployment: Deployment) -> int:
    return int(deployment.things()[f'project {CI}']['outputs']['number'])


def test_everything_is_made_and_a_second_deployment_changes_nothing(deployed: Deployment) -> None:
    plan = with_plugins(number=number_of(deployed))
    state = {each['urn'].rpartition('::')[2]: each for each in deployed.state()}
    assert state.keys() == {resource.name for resource in plan.resources}
    outcome = deployed.up(plan)
    assert outcome.is_sound
    assert outcome.steps == Counter()


def test_whatever_of_it_a_killed_run_was_making_is_found_again(
    deployed: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_found_again(deployed.copy(tmp_path / 'deployment'), monkeypatch)


def test_a_saved_preview_holds_although_the_provider_makes_up_other_names(
    tmp_path: Path, pulumi_cli: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Deployment.begin(tmp_path / 'deployment', pulumi_cli, 'beacon')
    for name, value in nothing.environment().items():
        monkeypatch.setenv(name, value)
    place, plan = place_of(nothing), with_plugins(number=number_of(nothing))

    def program() -> None:
        emit(plan)

    with opened(PulumiCli(str(pulumi_cli)), place, lambda _: None) as stack:
        first, second = stack.preview(program), stack.preview(program)
    assert made_up_names(first)
    assert made_up_names(first).isdisjoint(made_up_names(second))
    run = Run(place.backend, place.project, STACK, (Shard(WHOLE, plan),))
    saved = SavedPreview.from_bytes(SavedPreview.of('hash', run, looked(stack, first)).to_bytes(), 'hash')
    assert saved.differences(run, looked(stack, second)) == ()


def looked(stack: Stack, previewed: Outcome) -> Looked:
    return Looked({WHOLE: stack.state}, {WHOLE: previewed})


def made_up_names(previewed: Outcome) -> set[str]:
    return {str((step.new or {}).get('name')) for step in previewed.changing if '__defaults' in (step.new or {})}


def test_a_message_has_its_way_from_the_sender_to_the_log(deployed: Deployment) -> None:
    """Push, load, log: each step may be taken by the account that takes it."""
    things = deployed.things()
    place = 'lantern-metamist/australia-southeast1'
    sa = 'serviceAccount:metamist-etl-{}@lantern-metamist.iam.gserviceaccount.com'

    def may(policy: str, role: str, who: str) -> bool:
        return sa.format(who) in things[f'policy {policy}']['roles'].get(role, [])

    subscription = next(
        thing['inputs']
        for thing in things.values()
        if thing.get('type') == 'gcp:pubsub/subscription:Subscription' and 'retryPolicy' in thing['inputs']
    )
    topic = f'topic projects/lantern-metamist/topics/{subscription["topic"]}'
    assert may(f'run {place}/metamist-etl-extract', 'roles/run.invoker', 'lab')
    assert may('table lantern-metamist/metamist/etl-data', 'roles/bigquery.dataEditor', 'extract-sa')
    assert may(topic, 'roles/pubsub.publisher', 'extract-sa')
    assert subscription['pushConfig']['pushEndpoint'] == things[f'function {place}/metamist-etl-load']['outputs']['url']
    assert may(f'run {place}/metamist-etl-load', 'roles/run.invoker', 'extract-sa')
    assert may('table lantern-metamist/metamist/etl-data', 'roles/bigquery.dataViewer', 'load-sa')
    assert may('table lantern-metamist/metamist/etl-logs', 'roles/bigquery.dataEditor', 'load-sa')


def test_new_code_deploys_the_function_that_runs_it_and_no_other(deployed: Deployment) -> None:
    changed = {**CODE, 'load/main.py': b'def etl_load(request): return "another"\n'}
    previewed = deployed.preview(with_plugins(number=number_of(deployed), code=changed))
    assert previewed.is_sound, previewed.errors
    assert {name for _, name in previewed.steps} == {'metamist-etl-load', 'metamist-etl-load-source-code'}


def test_a_repository_that_leaves_can_come_in_no_more_and_its_environment_stays(deployed: Deployment) -> None:
    number = number_of(deployed)
    both = with_plugins(number=number, environments=[environment(), environment('trial', read_registries=['images'])])
    assert deployed.up(both).is_sound
    account = 'account aligner-img-trial-deployer@lantern-ci.iam.gserviceaccount.com'
    assert account in deployed.things()
    outcome = deployed.up(with_plugins(number=number))
    assert outcome.is_sound, outcome.errors
    assert account not in deployed.things()
    assert f'policy {account}' not in deployed.things() or not deployed.things()[f'policy {account}']['roles']


def test_a_pool_that_somebody_made_is_an_error_and_not_taken_over(tmp_path: Path, pulumi_cli: Path) -> None:
    deployment = Deployment.begin(tmp_path / 'deployment', pulumi_cli, 'beacon')
    deployment.put('pool lantern-ci/github-pool', {'type': 'by hand', 'id': 'x', 'inputs': {}, 'outputs': {}})
    targets = [
        f'urn:pulumi:prod::tests::gcp:{token}::{name}'
        for token, name in (
            ('projects/service:Service', 'github-wif-lantern-ci-iam-service'),
            ('projects/service:Service', 'github-wif-lantern-ci-iamcredentials-service'),
            ('projects/service:Service', 'github-wif-lantern-ci-sts-service'),
            ('iam/workloadIdentityPool:WorkloadIdentityPool', 'lantern-ci-github-pool'),
        )
    ]
    outcome = deployment.up(with_plugins(number=number_of(deployment)), target=targets)
    assert not outcome.is_sound
    assert any('Requested entity already exists' in error for error in outcome.errors)
