"""What a run may take away. Judged on the steps of a preview as a whole, before anything is touched.

Two rules. What holds data, is protected, or lets many people in is deleted or replaced only when its URN was named,
exactly. And one run removes no more memberships and grants than the configuration allows. A removal is counted where
somebody is let in before and not after, over all resources: a grant that moves from one resource to another is none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cpg_infra.engine.automation.entries import Entry, EntryKind, entries_of
from cpg_infra.engine.automation.outcome import Step, name_of

MANY_PEOPLE: Final = 10
"""How many people lose access by one deletion when it is called many."""

HOLDS_DATA: Final = frozenset(
    {
        'azure-native:containerregistry:Registry',
        'azure-native:keyvault:Vault',
        'azure-native:resources:ResourceGroup',
        'azure-native:storage:BlobContainer',
        'azure-native:storage:StorageAccount',
        'gcp:artifactregistry/repository:Repository',
        'gcp:bigquery/dataset:Dataset',
        'gcp:bigquery/table:Table',
        'gcp:organizations/project:Project',
        'gcp:storage/bucket:Bucket',
    }
)
"""Types of things that hold data; deleting one deletes that."""

_NAMED: Final = 3
_DESTROYS: Final = frozenset({'delete', 'delete-replaced', 'replace'})
_GROUP: Final = 'gcp:cloudidentity/group:Group'


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one run may take away; as `blast_radius` in the configuration."""

    removed_memberships: int = 20
    removed_grants: int = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refusals` are the reasons not to run, one line each; `destroyed` what needs a word, by URN."""

    refusals: tuple[str, ...] = ()
    destroyed: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[Entry, ...] = ()


def judge(
    steps: Iterable[Step],
    limits: Limits,
    allowed: Iterable[str] = (),
    protected: frozenset[str] = frozenset(),
    holding: frozenset[str] = frozenset(),
) -> Verdict:
    """Judge the steps of a whole run.

    `allowed` are the URNs that may be destroyed, `protected` those that the state protects, `holding` the logical
    names of what the plan says holds data.
    """
    seen = tuple(steps)
    named = tuple(dict.fromkeys(allowed))
    before, after = _standing(seen)
    audience = _Audience(before.values())
    removed: list[Entry] = []
    reasons: dict[str, str] = {}
    for urn, step in _destroying(seen).items():
        lost = [entry for entry in before.get(urn, ()) if entry not in after]
        kept = urn in protected or step.name in holding or step.type in HOLDS_DATA
        why = _kept(step) if kept else _many(step, audience.people(lost, step))
        if why:
            reasons[urn] = f'{"replaced" if _is_replaced(urn, seen) else "deleted"}: {why}'
    for urn, entries in before.items():
        if urn not in named:
            removed += _removed(entries, after)
    refusals = [
        f'{name_of(urn)} would be {reason}; allow it with --allow-destroy {_quoted(urn)}'
        for urn, reason in reasons.items()
        if urn not in named
    ]
    destroyed = {step.urn for step in seen if step.op in _DESTROYS}
    refusals += [
        f'--allow-destroy {_quoted(urn)}: nothing of this name would be deleted or replaced'
        for urn in named
        if urn not in destroyed
    ]
    refusals += _over(removed, limits)
    return Verdict(tuple(refusals), reasons, tuple(sorted(set(removed))))


def _standing(steps: Iterable[Step]) -> tuple[dict[str, tuple[Entry, ...]], Counter[Entry]]:
    """Who is let in before the run, by resource, and after it by any."""
    before: dict[str, tuple[Entry, ...]] = {}
    after: dict[str, tuple[Entry, ...]] = {}
    for step in steps:
        if step.old is not None:
            before.setdefault(step.urn, tuple(entries_of(step.type, step.old)))
        if step.op in _DESTROYS and step.retain:
            # It stays in the cloud, with whom it lets in.
            after.setdefault(step.urn, before.get(step.urn, ()))
        elif step.new is not None and step.op not in {'delete', 'delete-replaced'}:
            after[step.urn] = _after(step)
    return before, Counter(entry for entries in after.values() for entry in entries)


def _after(step: Step) -> tuple[Entry, ...]:
    """Who is let in by the new inputs. A list that is absent is left as it is."""
    new = tuple(entries_of(step.type, step.new))
    left_alone = step.type == 'cpg:google:GroupMembers' and 'members' not in (step.new or {})
    return tuple(entries_of(step.type, step.old)) if left_alone else new


def _removed(entries: Iterable[Entry], after: Counter[Entry]) -> list[Entry]:
    """Those that are let in no more. One who is not known yet may be any one of them."""
    gone: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.is_known and entry not in after:
            gone[entry.place, entry.role].append(entry)
    unknown = Counter((entry.place, entry.role) for entry in after.elements() if not entry.is_known)
    return [entry for key, lost in gone.items() for entry in sorted(lost)[: max(0, len(lost) - unknown[key])]]


def _destroying(steps: Iterable[Step]) -> dict[str, Step]:
    return {step.urn: step for step in steps if step.op in _DESTROYS}


def _is_replaced(urn: str, steps: Iterable[Step]) -> bool:
    return any(step.urn == urn and step.op in {'replace', 'delete-replaced', 'create-replacement'} for step in steps)


def _kept(step: Step) -> str:
    left = ' (the thing itself stays in the cloud)' if step.retain else ''
    return f'it holds data or is protected{left}'


def _many(step: Step, people: int) -> str:
    return f'{people} people lose access by it' if people >= MANY_PEOPLE and not step.retain else ''


def _over(removed: Iterable[Entry], limits: Limits) -> list[str]:
    distinct = set(removed)
    found = []
    for kind, words, limit, key in (
        (EntryKind.MEMBERSHIP, 'memberships', limits.removed_memberships, 'max_removed_memberships'),
        (EntryKind.GRANT, 'grants', limits.removed_grants, 'max_removed_grants'),
    ):
        gone = sorted(entry for entry in distinct if entry.kind is kind)
        if len(gone) > limit:
            some = ', '.join(f'{entry.who} from {entry.place}' for entry in gone[:_NAMED])
            more = ', …' if len(gone) > _NAMED else ''
            found.append(
                f'{len(gone)} {words} would be removed and one run may remove {limit}: {some}{more}; if this is meant, '
                f'raise blast_radius.{key} in the configuration, or remove them in parts'
            )
    return found


def _quoted(urn: str) -> str:
    return f"'{urn}'"


class _Audience:
    """Who is behind an address, as far as the member lists of these resources tell."""

    def __init__(self, entries: Iterable[Iterable[Entry]]) -> None:
        self._members: dict[str, set[str]] = defaultdict(set)
        for each in entries:
            for entry in each:
                if entry.kind is EntryKind.MEMBERSHIP:
                    self._members[entry.place.casefold()].add(entry.who)

    def people(self, lost: Iterable[Entry], step: Step) -> int:
        """How many people lose something, those in a deleted group included."""
        pending = [entry.who for entry in lost]
        if step.type == _GROUP and step.old:
            pending.append(str((step.old.get('groupKey') or {}).get('id', '')).casefold())
        seen: set[str] = set()
        while pending:
            address = pending.pop().removeprefix('group:')
            if address not in seen:
                seen.add(address)
                pending.extend(self._members.get(address, ()))
        return sum(each not in self._members and _is_person(each) for each in seen)


_OBJECT_ID: Final = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')


def _is_person(address: str) -> bool:
    """Azure knows people and programs by ids that look alike: each counts as a person."""
    if _OBJECT_ID.fullmatch(address):
        return True
    is_program = address.startswith('serviceaccount:') or address.endswith('gserviceaccount.com')
    return '@' in address and not is_program
