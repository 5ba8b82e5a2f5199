"""Deploys stacks in order: each after those that it needs, side by side where nothing forbids it.

A stack that failed stops those after it and no others. A stack whose facts changed on the way is previewed and judged
before it runs. Where somebody moves from one list to another there is a second pass (`moves`).
"""

from __future__ import annotations

import dataclasses
from concurrent.futures import FIRST_COMPLETED, Future, wait

from cpg_infra.engine.automation.failures import EngineError
from cpg_infra.engine.automation.guards import judge
from cpg_infra.engine.automation.moves import Moves, with_staying
from cpg_infra.engine.automation.neighbours import refuse_locked
from cpg_infra.engine.automation.outcome import Listener, Outcome
from cpg_infra.engine.automation.pool import Pool
from cpg_infra.engine.automation.previews import Looked, facts_of, look
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.run import Report, Run, StackReport, Status
from cpg_infra.engine.automation.saved_preview import SavedPreview
from cpg_infra.engine.automation.tasks import Operation, Result, Task
from cpg_infra.engine.automation.unchanged import is_unchanged
from cpg_infra.engine.stacks import Facts, Shard, chosen_facts, fingerprint


def preview(run: Run, cli: PulumiCli, listener: Listener) -> tuple[Looked, Report]:
    """What `deploy` would do, and what it would be refused for. Raises `EngineError`."""
    looked = look(run, cli, listener)
    refusals = () if looked.error else looked.verdict(run).refusals
    return looked, Report(looked.reports(run), refusals)


def deploy(run: Run, cli: PulumiCli, listener: Listener, saved: SavedPreview | None = None) -> Report:
    """Preview, judge, and then deploy. Raises `EngineError` when not even that can begin.

    With a saved preview, nothing is touched when anything differs from it.
    """
    refuse_locked(run)
    looked, report = preview(run, cli, listener)
    if looked.error:
        return Report(looked.reports(run, Status.NOT_RUN, 'another stack cannot be previewed'))
    if saved is not None and (differences := saved.differences(run, looked)):
        return Report(looked.reports(run, Status.NOT_RUN, 'it is not what was previewed'), differences)
    if report.refusals:
        return Report(looked.reports(run, Status.NOT_RUN, 'the run was refused'), report.refusals)
    return _Rollout(run, cli, listener, looked, is_agreed=saved is not None).report()


class _Rollout:
    """One deployment on its way."""

    def __init__(self, run: Run, cli: PulumiCli, listener: Listener, looked: Looked, *, is_agreed: bool) -> None:
        self._run = run
        self._cli = cli
        self._listener = listener
        self._looked = looked
        self._is_agreed = is_agreed
        """Whether only what was previewed may run."""
        self._states = dict(looked.states)
        self._facts = facts_of(self._states)
        """What was known when the stacks were looked at."""
        self._reports: dict[str, StackReport] = {}
        self._begun: dict[Future[Result], Shard] = {}
        self._moves = Moves.of(step for outcome in looked.previews.values() for step in outcome.steps)

    def report(self) -> Report:
        """Deploy everything that can be."""
        waiting = list(self._run.shards)
        at_once = min(self._run.jobs, max(1, len(self._looked.previews)))
        with Pool(self._cli, at_once, self._listener) as pool:
            while waiting or self._begun:
                waiting = [shard for shard in waiting if not self._begin(shard, pool)]
                if self._begun:
                    self._end(wait(self._begun, return_when=FIRST_COMPLETED).done)
            self._let_go(pool)
        return Report(tuple(self._reports[shard.name] for shard in self._run.shards))

    def _begin(self, shard: Shard, pool: Pool) -> bool:
        """Begin a stack, or say why not; whether it need not be asked after again."""
        here = {each.name for each in self._run.shards}
        before = [name for name in shard.after if name in here]
        if any(name not in self._reports for name in before):
            return False
        stopped = [name for name in before if self._reports[name].status in {Status.FAILED, Status.NOT_RUN}]
        if stopped:
            self._note(shard, Status.NOT_RUN, why=f'it comes after {", ".join(stopped)}')
            return True
        facts = facts_of(self._states)
        looked = self._looked
        if shard.name not in looked.previews:
            if self._is_unchanged(shard, facts):
                self._note(shard, Status.UNCHANGED)
                return True
            if self._is_agreed:
                self._note(shard, Status.NOT_RUN, why='what it reads of others has changed: preview again')
                return True
            looked = look(dataclasses.replace(self._run, everything=True), self._cli, self._listener, only=[shard.name])
            if (refused := self._refused(shard, looked)) is not None:
                self._reports[shard.name] = refused
                return True
        kept = self._moves.staying(self._urns(shard))
        task = Task(
            Operation.UP,
            self._run.place(shard.name),
            with_staying(shard, kept) if kept else shard,
            facts,
            # Not done before its second pass is.
            '' if kept else fingerprint(shard, facts),
            looked.unprotect(self._run, shard.name),
            looked.states[shard.name].hash,
        )
        self._begun[pool.submit(task)] = shard
        return True

    def _is_unchanged(self, shard: Shard, facts: Facts) -> bool:
        """Whether a stack that was found unchanged still is. With nothing new to read it is, and is not compared again."""
        if chosen_facts(shard.reads, facts) == chosen_facts(shard.reads, self._facts):
            return True
        return is_unchanged(shard, fingerprint(shard, facts), self._states[shard.name])

    def _let_go(self, pool: Pool) -> None:
        """The second pass: those who move have come, so they go."""
        facts = facts_of(self._states)
        undone = [shard for shard in self._run.shards if not self._is_done(shard)]
        for shard in self._run.shards:
            urns = self._urns(shard)
            if not self._moves.staying(urns) or not self._is_done(shard):
                continue
            if missed := [each.name for each in undone if self._moves.awaited(urns) & self._urns(each)]:
                why = f'who moves from here keeps what they had, because {", ".join(missed)} did not let them in'
                outcome = Outcome(self._run.place(shard.name).stack, error=EngineError(why, 'unfinished'))
                self._note(shard, Status.FAILED, outcome)
                continue
            task = Task(
                Operation.UP,
                self._run.place(shard.name),
                shard,
                facts,
                fingerprint(shard, facts),
                expected=self._states[shard.name].hash,
            )
            self._begun[pool.submit(task)] = shard
        while self._begun:
            self._end(wait(self._begun, return_when=FIRST_COMPLETED).done)

    def _urns(self, shard: Shard) -> frozenset[str]:
        """What was previewed of a stack."""
        outcome = self._looked.previews.get(shard.name)
        return frozenset(step.urn for step in outcome.steps) if outcome else frozenset()

    def _is_done(self, shard: Shard) -> bool:
        return self._reports[shard.name].status in {Status.DONE, Status.UNCHANGED}

    def _refused(self, shard: Shard, looked: Looked) -> StackReport | None:
        stack, outcome = self._run.place(shard.name).stack, looked.previews[shard.name]
        if outcome.error:
            return StackReport(stack, Status.FAILED, outcome)
        protected = looked.states[shard.name].protected
        allowed = [urn for urn in self._run.allowed if any(step.urn == urn for step in outcome.steps)]
        verdict = judge(outcome.steps, self._run.limits, allowed, protected, self._run.holding)
        if not verdict.refusals:
            return None
        error = EngineError('; '.join(verdict.refusals), 'refused')
        return StackReport(stack, Status.FAILED, Outcome(stack, error=error))

    def _end(self, done: set[Future[Result]]) -> None:
        for future in done:
            shard, result = self._begun.pop(future), future.result()
            if result.state.exists:
                self._states[shard.name] = result.state
            status = Status.FAILED if result.outcome.error else Status.DONE
            before = self._reports.get(shard.name)
            outcome = result.outcome.after(before.outcome) if before and before.outcome else result.outcome
            self._note(shard, status, outcome)

    def _note(self, shard: Shard, status: Status, outcome: Outcome | None = None, why: str = '') -> None:
        stack = self._run.place(shard.name).stack
        self._reports[shard.name] = StackReport(stack, status, outcome, why)
        self._listener({'event': 'stack', 'stack': stack, 'status': status.value})
