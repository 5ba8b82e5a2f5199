"""What is read of a provider's SDK, on the installed one and on a small one that has the other forms."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.catalogues import GOOGLE
from tests.conformance.python_sdk import PythonSdk
from tests.conformance.shapes import (
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    AnyOf,
    Anything,
    Field,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Unreadable,
)

BUDGET = 'gcp:billing/budget:Budget'
ENTITLEMENT = 'gcp:privilegedaccessmanager/entitlement:entitlement'

REGISTRATION = '''
_utilities.register(
    resource_modules="""
[
 {
  "pkg": "toy-native",
  "mod": "shed",
  "fqn": "pulumi_toy_native.shed",
  "classes": {
   "toy-native:shed:ToolBox": "ToolBox",
   "toy-native:shed:Lost": "Lost"
  }
 }
]
""",
)
'''

TOOL_BOX = '''
@pulumi.input_type
class ToolBoxArgs:
    def __init__(__self__, *,
                 kind: pulumi.Input[Union[_builtins.str, 'Kind']],
                 colour: Optional[pulumi.Input['Colour']] = None,
                 drawers: Optional[pulumi.Input[Sequence[pulumi.Input['DrawerArgs']]]] = None,
                 notes: Optional[Any] = None,
                 odd: Optional[pulumi.Input[Set[str]]] = None,
                 size_in_cm: Optional[pulumi.Input[Union[int, float]]] = None):
        pulumi.set(__self__, "kind", kind)

    @property
    @pulumi.getter
    def kind(self) -> pulumi.Input[Union[_builtins.str, 'Kind']]:
        return pulumi.get(self, "kind")

    @kind.setter
    def kind(self, value: pulumi.Input[Union[_builtins.str, 'Kind']]):
        pulumi.set(self, "kind", value)

    @property
    @pulumi.getter
    @_utilities.deprecated("""Paint it
        yourself.""")
    def colour(self) -> Optional[pulumi.Input['Colour']]:
        return pulumi.get(self, "colour")

    @property
    @pulumi.getter
    def drawers(self) -> Optional[pulumi.Input[Sequence[pulumi.Input['DrawerArgs']]]]:
        return pulumi.get(self, "drawers")

    @property
    @pulumi.getter
    def notes(self) -> Optional[Any]:
        return pulumi.get(self, "notes")

    @property
    @pulumi.getter
    def odd(self) -> Optional[pulumi.Input[Set[str]]]:
        return pulumi.get(self, "odd")

    @property
    @pulumi.getter(name="sizeInCm")
    def size_in_cm(self) -> Optional[pulumi.Input[Union[int, float]]]:
        """
        Size. Possible values are: `1`, `2`.
        """
        return pulumi.get(self, "size_in_cm")


class ToolBox(pulumi.CustomResource):
    def _internal_init(__self__):
        secret_opts = pulumi.ResourceOptions(additional_secret_outputs=["combination", "notes"])
        super(ToolBox, __self__).__init__(
            'toy-native:shed:ToolBox',
            resource_name)

    @property
    @pulumi.getter
    def combination(self) -> pulumi.Output[str]:
        return pulumi.get(self, "combination")

    @property
    @pulumi.getter(name="firstDrawer")
    def first_drawer(self) -> pulumi.Output['outputs.DrawerResponse']:
        return pulumi.get(self, "first_drawer")

    def helper(self) -> str:
        return 'no property'
'''

INPUTS = """
class DrawerArgsDict(TypedDict):
    inner: 'DrawerArgsDict'

@pulumi.input_type
class DrawerArgs:
    def __init__(__self__, *,
                 labels: pulumi.Input[Mapping[str, pulumi.Input[str]]],
                 inner: Optional[pulumi.Input['DrawerArgs']] = None):
        pass

    @property
    @pulumi.getter
    def labels(self) -> pulumi.Input[Mapping[str, pulumi.Input[str]]]:
        return pulumi.get(self, "labels")

    @property
    @pulumi.getter
    def inner(self) -> Optional[pulumi.Input['DrawerArgs']]:
        return pulumi.get(self, "inner")
"""

ENUMERATIONS = '''
class Kind(str, Enum):
    """
    The kind.
    """
    SMALL = "Small"
    """
    Fits a shelf.
    """
    LARGE = "Large"


class Colour(_builtins.str, Enum):
    RED = "red"
'''


@pytest.fixture(name='toy')
def fixture_toy(tmp_path: Path) -> PythonSdk:
    (tmp_path / 'shed').mkdir()
    for name, text in {
        '__init__.py': REGISTRATION,
        'shed/tool_box.py': TOOL_BOX,
        'shed/lost.py': 'class Lost(pulumi.CustomResource):\n    pass\n',
        'shed/_inputs.py': INPUTS,
        'shed/_enums.py': ENUMERATIONS,
    }.items():
        (tmp_path / name).write_text(text, encoding='utf-8')
    return PythonSdk(tmp_path)


def test_required_inputs_are_those_without_a_default() -> None:
    inputs = GOOGLE.resource_type(ENTITLEMENT).inputs
    assert {name for name, field in inputs.items() if field.required} == {
        'eligibleUsers',
        'entitlementId',
        'location',
        'maxRequestDuration',
        'parent',
        'privilegedAccess',
        'requesterJustificationConfig',
    }


def test_nested_inputs_are_read_to_the_end() -> None:
    shape = GOOGLE.resource_type(ENTITLEMENT).inputs['approvalWorkflow'].shape
    for step in ('manualApprovals', 'steps', 'approvers', 'principals'):
        while isinstance(shape, ListOf):
            shape = shape.item
        assert isinstance(shape, Record)
        shape = shape.fields[step].shape
    assert shape == ListOf(TEXT)


def test_amounts_of_budgets_are_texts_and_their_nanos_numbers() -> None:
    amount = GOOGLE.resource_type(BUDGET).inputs['amount'].shape
    assert isinstance(amount, Record)
    specified = amount.fields['specifiedAmount'].shape
    assert isinstance(specified, Record)
    assert specified.fields == {'currencyCode': Field(TEXT), 'nanos': Field(WHOLE), 'units': Field(TEXT)}


def test_outputs_are_more_than_inputs() -> None:
    project = GOOGLE.resource_type('gcp:organizations/project:Project')
    assert project.outputs.keys() - project.inputs.keys() == {'effectiveLabels', 'number', 'pulumiLabels'}
    assert project.outputs['number'] == TEXT


def test_values_that_the_documentation_lists_are_the_only_ones() -> None:
    period = GOOGLE.resource_type('gcp:cloudidentity/group:Group').inputs['initialGroupConfig']
    assert period == Field(OneOf(('INITIAL_GROUP_CONFIG_UNSPECIFIED', 'WITH_INITIAL_OWNER', 'EMPTY')))


def test_what_the_sdk_keeps_secret_is_known() -> None:
    assert GOOGLE.resource_type('gcp:storage/bucketObject:BucketObject').secrets == {'content', 'customerEncryption'}
    assert GOOGLE.resource_type('gcp:serviceaccount/key:Key').secrets == {'privateKey'}


def test_functions_have_arguments_and_outputs() -> None:
    function = GOOGLE.function('gcp:storage/getBucket:getBucket')
    assert function.arguments == {'name': Field(TEXT, required=True), 'project': Field(TEXT)}
    assert function.outputs['location'] == TEXT


@pytest.mark.parametrize('token', ['gcp:storage/bucket:bucket', 'gcp:stowage/bucket:Bucket', 'Bucket', ''])
def test_an_unknown_type_is_a_key_error(token: str) -> None:
    with pytest.raises(KeyError):
        GOOGLE.resource_type(token)


@pytest.mark.parametrize(
    'token',
    [
        'gcp:storage/getBukket:getBukket',
        'gcp:storage/bucket:getBucket',
        'gcp:stowage/getBucket:getBucket',
        'getBucket',
        '',
    ],
)
def test_an_unknown_function_is_a_key_error(token: str) -> None:
    with pytest.raises(KeyError):
        GOOGLE.function(token)


def test_nothing_of_the_sdk_is_imported() -> None:
    code = (
        'import sys; from tests.conformance.catalogues import GOOGLE;'
        f'GOOGLE.resource_type({BUDGET!r}); print(*(name for name in sys.modules if name.startswith("pulumi")))'
    )
    run = subprocess.run(
        [sys.executable, '-c', code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []


def test_an_sdk_that_is_not_installed_is_named() -> None:
    with pytest.raises(LookupError, match='pulumi_nowhere is not installed'):
        PythonSdk.installed('pulumi_nowhere')


def test_modules_without_a_path_and_older_annotations_are_read_too(toy: PythonSdk) -> None:
    box = toy.resource_type('toy-native:shed:ToolBox')
    drawers = box.inputs['drawers'].shape
    assert isinstance(drawers, ListOf)
    assert isinstance(drawers.item, Record)
    assert box.inputs == {
        'kind': Field(OneOf(('Small', 'Large')), required=True),
        'colour': Field(OneOf(('red',)), deprecated='Paint it yourself.'),
        'drawers': Field(drawers),
        'notes': Field(Anything()),
        'odd': Field(Unreadable('Set[…]')),
        'sizeInCm': Field(AnyOf((WHOLE, NUMBER))),
    }
    assert box.outputs == {'combination': TEXT, 'firstDrawer': Unreadable('DrawerResponse')}
    assert box.secrets == {'combination', 'notes'}


def test_types_may_contain_themselves(toy: PythonSdk) -> None:
    drawers = toy.resource_type('toy-native:shed:ToolBox').inputs['drawers'].shape
    assert isinstance(drawers, ListOf)
    drawer = drawers.item
    for _ in range(3):
        assert isinstance(drawer, Record)
        assert drawer.fields['labels'] == Field(MapOf(TEXT), required=True)
        drawer = drawer.fields['inner'].shape


def test_a_class_that_does_not_register_its_token_is_an_error(toy: PythonSdk) -> None:
    with pytest.raises(LookupError, match='toy-native:shed:Lost: Lost does not register it'):
        toy.resource_type('toy-native:shed:Lost')


def test_flags_are_flags() -> None:
    assert GOOGLE.resource_type('gcp:storage/bucket:Bucket').inputs['requesterPays'] == Field(FLAG)
