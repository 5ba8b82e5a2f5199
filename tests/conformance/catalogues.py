"""The providers whose types are in plans."""

from __future__ import annotations

from typing import Final

from tests.conformance.checker import Checker
from tests.conformance.own_types import OwnTypes
from tests.conformance.python_sdk import PythonSdk

GOOGLE: Final = PythonSdk.installed('pulumi_gcp')

CHECKER: Final = Checker({'cpg': OwnTypes(), 'gcp': GOOGLE})
