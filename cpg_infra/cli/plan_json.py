"""A plan for programs: its canonical JSON, its hash, and where its origins are written."""

from __future__ import annotations

import hashlib
import json

from cpg_infra.cli.planning import Planned
from cpg_infra.cli.selection import Selection, select
from cpg_infra.config.diagnostics import Path
from cpg_infra.plan import Plan


def plan_json(planned: Planned, selection: Selection) -> bytes:
    """One line of JSON: the keys of the canonical form, and `hash` and `locations` before them.

    `hash` is that of the whole plan, whatever is selected. `locations` says `file:line:column` for the origin of
    each intent and the path of each diagnostic; its keys are these paths as JSON Pointers
    (`/dataset/alpha/depends_on/beta`), its files relative to the configuration's folder. The same configuration,
    date and selection give the same bytes, whatever the folder is called.
    """
    shown = select(planned.plan, selection)
    canonical = shown.canonical_bytes()
    # Encoding is half of the work: the whole is not encoded once more for its hash.
    whole = hashlib.sha256(canonical).hexdigest() if shown is planned.plan else planned.plan.hash
    beside = {'hash': whole, 'locations': _locations(planned, shown)}
    head = json.dumps(beside, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()
    return b''.join((head[:-1], b',', memoryview(canonical)[1:], b'\n'))


def _locations(planned: Planned, shown: Plan) -> dict[str, str]:
    families = (shown.assets, shown.groups, shown.memberships, shown.grants, shown.entitlements)
    paths: set[Path] = {intent.origin for family in families for intent in family}
    paths.update(remark.path for remark in shown.diagnostics)
    places = ((path, planned.loaded.sources.locate(path)) for path in paths)
    return {pointer(path): str(place) for path, place in places if place is not None}


def pointer(path: Path) -> str:
    """A path as a JSON Pointer (RFC 6901)."""
    return ''.join('/' + str(step).replace('~', '~0').replace('/', '~1') for step in path)
