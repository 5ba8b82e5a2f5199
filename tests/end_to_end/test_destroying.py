"""What holds data is not deleted by accident."""

from __future__ import annotations

from collections import Counter

from tests.end_to_end.harness import Deployment
from tests.end_to_end.organisations import tiny


def protected() -> set[str]:
    return {each.name for each in tiny().resources if each.options.protect}


def test_the_preview_of_a_destruction_refuses_what_is_protected_and_touches_nothing(
    tiny_deployment: Deployment,
) -> None:
    before = tiny_deployment.things()
    refused = tiny_deployment.preview_destroy()
    assert not refused.is_sound
    said = '\n'.join(refused.errors)
    assert 'because it is protected' in said
    # It goes from what depends to what is depended on, so it does not come to the projects.
    assert {name for name in protected() if f'::{name}"' in said} == {
        name for name in protected() if name.endswith('-bucket')
    }
    assert tiny_deployment.things() == before
    assert tiny_deployment.writes() == Counter()


def test_a_destruction_without_a_preview_deletes_what_is_not_protected_before_it_is_refused(
    tiny_deployment: Deployment,
) -> None:
    """Why commands of ours always preview first: the engine refuses only when it comes to the protected resource."""
    refused = tiny_deployment.destroy()
    assert not refused.is_sound
    assert tiny_deployment.writes().total() > 0
    left = {each['urn'].rpartition('::')[2] for each in tiny_deployment.state()}
    assert protected() <= left


def test_what_holds_data_stays_in_the_cloud_when_the_rest_is_destroyed(tiny_deployment: Deployment) -> None:
    outcome = tiny_deployment.destroy(exclude_protected=True)
    assert outcome.errors == []
    things = tiny_deployment.things()
    assert {key for key in things if key.startswith('bucket small-')} >= {'bucket small-common-main'}
    assert 'project small-common' in things
    assert [key for key in things if key.startswith('group common')] == []
