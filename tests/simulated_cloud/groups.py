"""The groups of a simulated Google Cloud, for the double of the Cloud Identity service.

Groups are made through one provider and filled through another: this function is all that the two doubles share.
"""

from __future__ import annotations

from pathlib import Path

from tests.simulated_cloud.journal import Journal


def groups(folder: Path) -> dict[str, str]:
    """The resource name (`groups/…`) of every group in the cloud in `folder`, by its address."""
    found = Journal(folder / 'gcp.jsonl').things()
    return {
        key.removeprefix('group '): str(thing['outputs'].get('name') or thing['id'])
        for key, thing in found.items()
        if key.startswith('group ')
    }
