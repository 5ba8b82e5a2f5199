"""The providers whose types are in plans."""

from __future__ import annotations

from typing import Final

from tests.conformance.checker import Checker
from tests.conformance.own_types import OwnTypes
from tests.conformance.python_sdk import PythonSdk

GOOGLE: Final = PythonSdk.installed('pulumi_gcp')
AZURE: Final = PythonSdk.installed('pulumi_azure_native')
ENTRA: Final = PythonSdk.installed('pulumi_azuread')
GITHUB: Final = PythonSdk.installed('pulumi_github')

CHECKER: Final = Checker(
    {'cpg': OwnTypes(), 'gcp': GOOGLE, 'azure-native': AZURE, 'azuread': ENTRA, 'github': GITHUB},
)
