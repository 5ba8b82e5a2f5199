"""Writes to one place that meet."""

from __future__ import annotations

import pytest

from tests.simulated_cloud.azure import CATALOGUES
from tests.simulated_cloud.building_azure import CREDENTIAL
from tests.simulated_cloud.busy import Busy
from tests.simulated_cloud.world import Refused


def test_a_second_write_to_one_place_is_refused_while_the_first_is_under_way_and_not_after_it() -> None:
    busy = Busy()
    with busy.writing('here'):
        with pytest.raises(Refused, match='here'), busy.writing('here'):
            raise AssertionError('nobody comes in')
        with busy.writing('there'), busy.writing(None), busy.writing(None):
            pass
    with busy.writing('here'):
        pass


def test_credentials_of_one_identity_are_one_place_and_those_of_two_are_not() -> None:
    place = CATALOGUES['azure-native'].alone[CREDENTIAL]
    one = {'resourceGroupName': 'small-alpha', 'resourceName': 'main-upload'}
    assert place({**one, 'subject': 'a'}) == place({**one, 'subject': 'b'})
    assert place(one) != place({**one, 'resourceName': 'other'})
    assert 'Code="ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity"' in place(one)
