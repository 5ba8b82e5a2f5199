"""`cpg_infra.main()` and `CPGInfrastructure(…).main()` in a Pulumi program, with good and with bad configurations."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pulumi
import pytest

import cpg_infra
from cpg_infra import ConfigurationError, CPGInfrastructure
from cpg_infra.config import CPGDatasetConfig, load
from cpg_infra.engine.stopped import ProgramStoppedError
from cpg_infra.plan import Plan
from tests.config.building import PRODUCTION_YAML, with_line, write
from tests.engine.programs import Recording, run

ANSWERS = {'gcp:organizations/getOrganization:getOrganization': {'orgId': '123'}}


def test_main_loads_a_folder_and_registers_everything(tmp_path: Path) -> None:
    plans: list[Plan] = []
    folder = write(tmp_path)
    recording = run(lambda: plans.append(cpg_infra.main(folder)), preview=True, answers=ANSWERS)
    (plan,) = plans
    assert len(plan.resources) > 300
    assert recording.resources.keys() == plan.resource_by_name.keys()
    assert recording.logged('error') == []


def test_main_takes_the_current_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path))
    recording = run(cpg_infra.main, preview=True, answers=ANSWERS)
    assert len(recording.resources) > 300


def test_the_class_plans_and_registers_the_same(tmp_path: Path) -> None:
    loaded = load(write(tmp_path))
    infrastructure = CPGInfrastructure(loaded.organisation, list(loaded.datasets.values()))
    plans: list[Plan] = []
    recording = run(lambda: plans.append(infrastructure.main()), preview=True, answers=ANSWERS)
    assert plans == [infrastructure.plan()]
    assert recording.resources.keys() == infrastructure.plan().resource_by_name.keys()


def test_the_date_is_today_unless_it_is_given(tmp_path: Path) -> None:
    loaded = load(write(tmp_path))
    today = dt.datetime.now(dt.UTC).date()
    # The day may end between the two questions.
    assert CPGInfrastructure(loaded.organisation, loaded.datasets).date in {today, today + dt.timedelta(days=1)}
    then = dt.date(2031, 2, 1)
    assert CPGInfrastructure(loaded.organisation, loaded.datasets, date=then).date == then


def test_every_fault_of_the_files_is_an_error_of_the_program_with_its_place(tmp_path: Path) -> None:
    production = with_line(PRODUCTION_YAML, 'enable_release: true', 'enable_relase: true').replace('- beta', '- betta')
    folder = write(tmp_path, {'production.yaml': production})
    with pytest.raises(ConfigurationError) as expected:
        load(folder)
    recording = Recording()
    with pytest.raises(pulumi.RunError) as stopped:
        run(lambda: cpg_infra.main(folder), preview=True, recording=recording)
    assert recording.logged('error') == [str(fault) for fault in expected.value.diagnostics]
    assert len(recording.logged('error')) == 2
    assert all('production.yaml:' in line for line in recording.logged('error'))
    assert str(stopped.value) == '2 faults in the configuration; nothing was registered'
    assert stopped.value.__suppress_context__
    assert recording.resources == {}


def test_faults_of_a_configuration_made_in_memory_end_the_program_cleanly_too(tmp_path: Path) -> None:
    loaded = load(write(tmp_path))
    datasets = [loaded.datasets['alpha'], loaded.datasets['alpha']]
    recording = Recording()
    with pytest.raises(ProgramStoppedError):
        run(lambda: CPGInfrastructure(loaded.organisation, datasets).main(), preview=True, recording=recording)
    assert len(recording.logged('error')) > 1
    assert recording.resources == {}


def test_outside_a_program_a_fault_stays_an_ordinary_error(tmp_path: Path) -> None:
    loaded = load(write(tmp_path))
    with pytest.raises(ConfigurationError) as refused:
        CPGInfrastructure(loaded.organisation, [])
    assert not isinstance(refused.value, pulumi.RunError)


def test_main_outside_a_program_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match='`pulumi preview` or `pulumi up`, or `cpg-infra plan`'):
        cpg_infra.main(write(tmp_path))


def test_every_public_name_can_be_imported() -> None:
    assert set(cpg_infra.__all__) <= set(dir(cpg_infra))
    for name in cpg_infra.__all__:
        assert getattr(cpg_infra, name) is not None
    with pytest.raises(AttributeError, match="module 'cpg_infra' has no attribute 'nonsense'"):
        _ = cpg_infra.nonsense


@pytest.mark.parametrize(
    ('statement', 'unwanted'),
    [
        ('import cpg_infra', 'pulumi pydantic yaml grpc typer'),
        ('from cpg_infra import CPGInfrastructureConfig, CPGDatasetConfig', 'pulumi grpc'),
        ('from cpg_infra import CPGInfrastructure, main', 'pulumi grpc'),
    ],
)
def test_an_import_loads_no_more_than_it_needs(statement: str, unwanted: str) -> None:
    check = f'{statement}; import sys; print(*sorted(set({unwanted.split()!r}) & set(sys.modules)))'
    loaded = subprocess.run([sys.executable, '-c', check], capture_output=True, text=True, check=True)
    assert loaded.stdout == '\n'


def test_a_plan_that_breaks_a_rule_of_a_provider_is_refused(tmp_path: Path) -> None:
    loaded = load(write(tmp_path))
    alpha = loaded.datasets['alpha']
    datasets = {**loaded.datasets, 'alpha': alpha.model_copy(update={'gcp': CPGDatasetConfig.Gcp(project='Alpha')})}
    recording = Recording()
    with pytest.raises(ProgramStoppedError):
        run(lambda: CPGInfrastructure(loaded.organisation, datasets).main(), preview=True, recording=recording)
    assert recording.logged('error') == [
        (
            "alpha.gcp: project id 'Alpha' (5 characters) breaks a naming rule: "
            '6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last'
        ),
    ]
    assert recording.resources == {}
