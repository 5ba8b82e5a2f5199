"""What one run is about: which stacks, where, and what it may take away; and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cpg_infra.engine.automation.backend import Backend
from cpg_infra.engine.automation.guards import Limits
from cpg_infra.engine.automation.outcome import Outcome
from cpg_infra.engine.automation.project import Project
from cpg_infra.engine.automation.stack import Place
from cpg_infra.engine.stacks import Shard
from cpg_infra.engine.stacks.placement import WHOLE
from cpg_infra.plan import Asset, Plan


@dataclass(frozen=True)
class Run:
    """The stacks of one run. `base` is what their names begin with, `everything` lets unchanged ones run too.

    `allowed` are the URNs that may be destroyed, `jobs` how many stacks are worked on at once, `parallel` how many
    resources in each.
    """

    backend: Backend
    project: Project
    base: str
    shards: tuple[Shard, ...]
    limits: Limits = field(default_factory=Limits)
    allowed: tuple[str, ...] = ()
    everything: bool = False
    parallel: int | None = None
    jobs: int = 1

    def place(self, shard: str) -> Place:
        """Where the stack of a shard is."""
        return Place(self.backend, self.project, stack_name(self.base, shard), self.parallel)

    @property
    def holding(self) -> frozenset[str]:
        """Logical names of resources that hold data, as the plan says."""
        return frozenset(name for shard in self.shards for name in _holding(shard.plan))


def stack_name(base: str, shard: str) -> str:
    """`production` for the one that holds everything, else `production-alpha-gcp`."""
    return base if shard == WHOLE else f'{base}-{shard}'


def _holding(plan: Plan) -> Iterator[str]:
    for resource in plan.resources:
        for key in resource.intents:
            intent = plan.intent_by_key.get(key)
            if isinstance(intent, Asset) and intent.holds_data:
                yield resource.name


class Status(StrEnum):
    """What became of one stack."""

    UNCHANGED = 'unchanged'
    PREVIEWED = 'previewed'
    DONE = 'done'
    FAILED = 'failed'
    NOT_RUN = 'not run'


@dataclass(frozen=True, slots=True)
class StackReport:
    """What became of one stack, and why."""

    stack: str
    status: Status
    outcome: Outcome | None = None
    why: str = ''

    @property
    def has_changes(self) -> bool:
        """Whether anything is, or would be, different."""
        return self.outcome is not None and self.outcome.has_changes


@dataclass(frozen=True)
class Report:
    """What became of a run. `refusals` are why nothing was done, one line each; `orphans` stacks that no plan has."""

    stacks: tuple[StackReport, ...]
    refusals: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether everything that was to be done was done."""
        return not self.refusals and not any(each.status in {Status.FAILED, Status.NOT_RUN} for each in self.stacks)

    @property
    def is_previewed(self) -> bool:
        """Whether every preview went well, refused or not."""
        return not any(each.status is Status.FAILED for each in self.stacks)

    @property
    def has_changes(self) -> bool:
        """Whether anything is, or would be, different."""
        return any(each.has_changes for each in self.stacks)

    def counts(self) -> Mapping[str, int]:
        """How many steps of each kind, over all stacks."""
        return count_steps(each.outcome for each in self.stacks if each.outcome)


def count_steps(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How many steps that change something, by what they do; a replacement counts once."""
    found: Counter[str] = Counter()
    for outcome in outcomes:
        found.update(op for _, op in {(step.urn, _said(step.op)) for step in outcome.changing})
    return found


def _said(op: str) -> str:
    return 'replace' if op in {'create-replacement', 'delete-replaced', 'replace'} else op
