from __future__ import annotations

import copy
import json
import pickle
from operator import attrgetter
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from cpg_infra.config import (
    CPGDatasetComponents,
    CPGDatasetConfig,
    CPGInfrastructureConfig,
    CPGInfrastructureUser,
    DatasetMember,
    PeopleGroup,
    load,
)
from cpg_infra.config.names import Cloud
from tests.config.building import dataset, organisation, write


def test_a_dataset_with_nothing_but_its_project_constructs() -> None:
    alone = CPGDatasetConfig.model_validate({'dataset': 'DATASET', 'budgets': {}, 'gcp': {'project': 'p'}})
    assert alone.deploy_locations == ('gcp',)
    assert alone.components_on(Cloud.GCP) == frozenset(CPGDatasetComponents)


def test_from_dict_is_the_validation_of_the_model() -> None:
    value = {'id': 'ana', 'clouds': {}}
    assert CPGInfrastructureUser.from_dict(value) == CPGInfrastructureUser.model_validate(value)


@pytest.mark.parametrize(
    ('model', 'paths'),
    [
        (
            CPGInfrastructureConfig,
            (
                'GCP Azure Hail.GCP Hail.Azure AnalysisRunner.GCP DataDropbox.GCP WebService.GCP Notebooks.GCP Cromwell.GCP '
                'Metamist.GCP Metamist.ETLConfiguration.ETLParserConfiguration Billing.GCP Billing.GCPAggregator '
                'Billing.GCPCostControls'
            ),
        ),
        (
            CPGDatasetConfig,
            (
                'Gcp Azure Budget UploadConfig.DefaultUploadBucketConfig UploadConfig.AdditionalUploadBucketConfig '
                'UploadConfig.UploadDropboxConfig'
            ),
        ),
        (CPGInfrastructureUser, 'Cloud'),
    ],
)
def test_the_parts_of_the_models_have_their_names(model: type[BaseModel], paths: str) -> None:
    for path in paths.split():
        assert issubclass(attrgetter(path)(model), BaseModel), path


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match='Extra inputs are not permitted'):
        dataset(regoin='x')


def test_numbers_written_as_text_are_numbers() -> None:
    assert dataset(budgets={'gcp': {'monthly_budget': '100'}}).budgets['gcp'].monthly_budget == 100


def test_a_member_may_be_a_bare_user_id() -> None:
    members = dataset(members={'analysis': ['ana', {'id': 'bao', 'reason': 'visit'}]}).members
    assert members[PeopleGroup.ANALYSIS] == (DatasetMember(id='ana'), DatasetMember(id='bao', reason='visit'))


def test_a_model_never_changes() -> None:
    model = dataset()
    with pytest.raises(ValidationError, match='frozen'):
        model.setup_test = False  # type: ignore[misc]  # that is the point
    with pytest.raises(TypeError, match='immutable'):
        model.budgets['azure'] = model.budgets['gcp']


def test_azure_has_fewer_components_by_default() -> None:
    assert {component.value for component in dataset().components_on(Cloud.AZURE)} == {
        'storage',
        'hail-accounts',
        'analysis-runner',
        'container-registry',
    }


def test_models_are_plain_values() -> None:
    model = organisation()
    assert pickle.loads(pickle.dumps(model)) == model
    assert copy.deepcopy(model) == model
    assert CPGInfrastructureConfig.from_dict(json.loads(model.model_dump_json())) == model


def test_a_loaded_configuration_cannot_be_changed(tmp_path: Path) -> None:
    datasets = load(write(tmp_path)).datasets
    with pytest.raises(TypeError, match='immutable'):
        datasets.pop('alpha')
