"""What is deployed keeps its type, its logical name, its physical identity, and its inputs but for named differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.legacy.deployment import (
    IDENTITY,
    Plain,
    access,
    as_deployed,
    configuration,
    physical_identity,
    plan,
    planned,
    resources,
)

GONE = (
    'commons-gcp-sm-hail-wheels-viewers-group',
    'coral-gcp-sm-hail-wheels-viewers-group',
    'reef-gcp-sm-hail-wheels-viewers-group',
    'tide-gcp-sm-hail-wheels-viewers-group',
)
"""Decision 7: no binding per dataset on what the organisation shares."""

NEW = (
    'commons-gcp-analysis-runner-invokers-group',
    'commons-gcp-git-credentials-readers-group',
    'commons-gcp-hail-wheels-viewers-group',
)
"""Decision 7: one group instead, into which the datasets' groups are nested."""

ABSENT = '(absent)'


@dataclass(frozen=True)
class Difference:
    """One input of one resource, as it is deployed and as we plan it."""

    type: str
    name: str
    key: str
    deployed: Plain
    planned: Plain


@dataclass(frozen=True)
class Explanation:
    """Why some inputs differ."""

    decision: str
    holds: Callable[[Difference], bool]
    count: int


TEST_TABLE_OF_A_DEPENDENCY = """\
[storage.default.test]
analysis = "gs://harbour-reef-test-analysis"
default = "gs://harbour-reef-test"
tmp = "gs://harbour-reef-test-tmp"
upload = "gs://harbour-reef-test-upload"
web = "gs://harbour-reef-test-web"
web_url = "https://test.web.harbour.example.org/reef"

"""

EXPLAINED = (
    Explanation(
        '9: public access prevention is enforced on every bucket',
        lambda it: (
            (it.type, it.key, it.deployed, it.planned)
            == ('gcp:storage/bucket:Bucket', 'publicAccessPrevention', ABSENT, 'enforced')
        ),
        count=47,
    ),
    Explanation(
        '11: a dataset without tests has no `test` in `[storage.default]`',
        lambda it: (
            (it.name, it.key, it.planned)
            == ('storage-config-gcp-tide-main', 'content', it.deployed.replace(TEST_TABLE_OF_A_DEPENDENCY, ''))
        ),
        count=1,
    ),
)
"""Every difference in inputs, by the decision that asks for it."""


def differences() -> Iterator[Difference]:
    ours = planned()
    for name, there in resources().items():
        if name in ours:
            for key in sorted({*there.inputs, *ours[name].inputs}):
                deployed, intended = there.inputs.get(key, ABSENT), ours[name].inputs.get(key, ABSENT)
                if deployed != intended:
                    yield Difference(there.type, name, key, deployed, intended)


def test_the_configuration_loads_unchanged_and_nothing_is_remarked() -> None:
    assert set(configuration()) == {'organisation', 'datasets'}
    assert plan().diagnostics == ()


def test_the_recording_is_whole() -> None:
    assert len(resources()) == 350
    assert {resource.type for resource in resources().values()} == set(IDENTITY)


def test_everything_keeps_its_type_and_logical_name_but_the_wheels_groups() -> None:
    deployed = {name: resource.type for name, resource in resources().items()}
    ours = {name: resource.type for name, resource in planned().items() if resource.type in IDENTITY}
    assert {name: type_ for name, type_ in deployed.items() if name not in GONE} == {
        name: type_ for name, type_ in ours.items() if name not in NEW
    }
    assert set(GONE) == deployed.keys() - ours.keys()
    assert set(NEW) == ours.keys() - deployed.keys()


def test_everything_keeps_its_physical_identity() -> None:
    kept = [name for name in resources() if name not in GONE]
    assert {name: physical_identity(planned()[name]) for name in kept} == {
        name: physical_identity(resources()[name]) for name in kept
    }


def test_every_difference_in_inputs_is_one_of_the_decisions() -> None:
    found = list(differences())
    assert [it for it in found if not any(reason.holds(it) for reason in EXPLAINED)] == []
    assert [(reason.decision, sum(map(reason.holds, found))) for reason in EXPLAINED] == [
        (reason.decision, reason.count) for reason in EXPLAINED
    ]


def test_the_stack_has_the_same_outputs() -> None:
    ours = {name: as_deployed(value) for name, value in plan().outputs.items()}
    deployed = dict(access()['stack outputs'])
    ids = {name for name in deployed if name.endswith('-id')}
    assert {name: ours[name] for name in deployed.keys() - ids} == {
        name: deployed[name] for name in deployed.keys() - ids
    }
    assert ours.keys() == deployed.keys()
    # The recording holds a stand-in; Google makes this of it.
    assert {ours[name] for name in ids} == {
        f'projects/harbour-notebooks/serviceAccounts/{ours[name.removesuffix("-id") + "-email"]}' for name in ids
    }


def test_groups_still_ignore_changes_of_the_initial_configuration() -> None:
    groups = [resource for resource in plan().resources if resource.type == 'gcp:cloudidentity/group:Group']
    assert {resource.options.ignore_changes for resource in groups} == {('initialGroupConfig',)}
