"""What the double says of a type is what the provider's SDK says of it."""

from __future__ import annotations

import pytest

from tests.conformance.catalogues import GOOGLE
from tests.conformance.checker import registered
from tests.end_to_end.organisations import lantern
from tests.simulated_cloud.gcp import CATALOGUE

NAMED_BY_US = {
    'gcp:serviceaccount/account:Account': {'accountId'},
    'gcp:storage/bucket:Bucket': {'name'},
    'gcp:storage/bucketObject:BucketObject': {'name'},
    'gcp:secretmanager/secret:Secret': {'secretId'},
    'gcp:secretmanager/secretVersion:SecretVersion': {'secretData'},
}
"""What the SDK lets be left out and invents, and the double does not."""


def test_every_google_type_of_the_example_is_simulated() -> None:
    used = {each.type for each in registered(lantern()) if each.type.startswith('gcp:')}
    assert used - CATALOGUE.kinds.keys() == set()


@pytest.mark.parametrize('token', sorted(CATALOGUE.kinds))
def test_a_type_requires_and_hides_what_the_sdk_does(token: str) -> None:
    kind, sdk = CATALOGUE.kinds[token], GOOGLE.resource_type(token)
    required = {name for name, field in sdk.inputs.items() if field.required}
    assert set(kind.required) - NAMED_BY_US.get(token, set()) == required - NAMED_BY_US.get(token, set())
    assert kind.replaces - sdk.inputs.keys() == set()
    assert kind.secrets <= sdk.secrets
