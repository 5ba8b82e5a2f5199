"""The evaluator: lowered resources in, access out.

It knows types, inputs, roles and permissions as the clouds publish them. It shares no code with the program: what it
says of a plan is a second opinion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.evaluator import azure, google, services
from tests.evaluator.closure import close
from tests.evaluator.resources import Resources
from tests.evaluator.words import Access, Gathering, Plain

HALVES = (google.gather, azure.gather, services.gather)


def evaluate(lowered: Iterable[Mapping[str, Plain]]) -> Access:
    """What these resources let everybody do.

    Raises `UnreadableError` for anything that may give access in a way that is not known here.
    """
    resources = Resources(lowered)
    whole = Gathering()
    for half in HALVES:
        found = half(resources)
        whole.members.update(found.members)
        whole.inside.update(found.inside)
        for key, abilities in found.given.items():
            whole.given[key] |= abilities
        for key, asked in found.asked.items():
            whole.asked[key] |= asked
    return close(whole)
