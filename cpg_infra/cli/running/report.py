"""What came of a run: as text, and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cpg_infra.cli.remarks import amount
from cpg_infra.engine.automation.entries import entries_of
from cpg_infra.engine.automation.outcome import Complaint, Outcome, Step
from cpg_infra.engine.automation.run import Report, StackReport, Status, count_steps

_SIGNS: Final[Mapping[str, str]] = {'create': '+', 'update': '~', 'delete': '-', 'replace': '±', 'import': '='}
_REPLACING: Final = frozenset({'create-replacement', 'delete-replaced', 'replace'})
_WOULD: Final = {'create': 'to create', 'update': 'to update', 'delete': 'to delete', 'replace': 'to replace'}
_DID: Final = {'create': 'created', 'update': 'updated', 'delete': 'deleted', 'replace': 'replaced'}
_DIFFERS: Final = {'create': 'found', 'update': 'changed by hand', 'delete': 'missing in the cloud'}
_TAKEN_OVER: Final = {'create': 'found', 'update': 'taken over', 'delete': 'forgotten, missing in the cloud'}
_MOST_PEOPLE: Final = 6


@dataclass(frozen=True, slots=True)
class Telling:
    """How a report is told: after a mere look, and about drift instead of a deployment."""

    looked_only: bool = False
    drift: bool = False

    @property
    def words(self) -> Mapping[str, str]:
        """What is said of each kind of step."""
        if self.drift:
            return _DIFFERS if self.looked_only else _TAKEN_OVER
        return _WOULD if self.looked_only else _DID


def report_text(report: Report, telling: Telling) -> str:
    """The report for a person."""
    lines: list[str] = []
    for each in report.stacks:
        lines += _stack(each, telling)
    for name in report.orphans:
        lines.append(f'{name}: no dataset of this plan; `cpg-infra destroy --dataset` takes it away')
    if report.refusals:
        head = 'Would be refused' if telling.looked_only else 'Refused, nothing was changed'
        lines += ['', f'{head}:', *(f'  {reason}' for reason in report.refusals)]
    elif not report.is_sound:
        lines += ['', _next(report, telling)]
    return '\n'.join(lines) + '\n'


def as_plain(report: Report) -> dict[str, object]:
    """The report for a program."""
    return {
        'changed': report.has_changes,
        'sound': report.is_sound,
        'refusals': list(report.refusals),
        'orphans': list(report.orphans),
        'stacks': [_plain(each) for each in report.stacks],
    }


def _plain(each: StackReport) -> dict[str, object]:
    found: dict[str, object] = {'stack': each.stack, 'status': each.status.value}
    if each.why:
        found['why'] = each.why
    if (outcome := each.outcome) is not None:
        found['steps'] = dict(sorted(count_steps([outcome]).items()))
        found['seconds'] = round(outcome.seconds, 1)
        if outcome.error:
            found |= {'error': str(outcome.error), 'kind': outcome.error.kind}
            found['errors'] = [{'urn': said.urn, 'message': said.message} for said in outcome.errors]
    return found


def _stack(each: StackReport, telling: Telling) -> list[str]:
    outcome = each.outcome
    if outcome is None:
        return [f'{each.stack}: {each.status.value}{f" ({each.why})" if each.why else ""}']
    if outcome.error:
        return [f'{each.stack}: failed: {outcome.error}', *(f'  {line}' for line in _errors(outcome))]
    if each.status is Status.NOT_RUN:
        return [f'{each.stack}: not run ({each.why}): {_counted(outcome, _WOULD)}', *_steps(outcome, Telling())]
    counted = _counted(outcome, telling.words)
    if telling.looked_only or telling.drift:
        return [f'{each.stack}: {counted}', *_steps(outcome, telling)]
    return [f'{each.stack}: {counted} in {outcome.seconds:.0f} s']


def _counted(outcome: Outcome, words: Mapping[str, str]) -> str:
    counts = count_steps([outcome])
    said = [
        f'{counts[op]:,} {words.get(op, op)}' for op in (*_WOULD, *sorted(counts.keys() - _WOULD.keys())) if counts[op]
    ]
    if not said and outcome.outputs_changed:
        said = ['stack outputs change' if words is _WOULD else 'stack outputs changed']
    same = sum(count for op, count in outcome.done.items() if op in {'same', 'refresh'})
    return ', '.join([*(said or ['no changes']), *([f'{same:,} unchanged'] if same else [])])


def _steps(outcome: Outcome, telling: Telling) -> Iterator[str]:
    seen: dict[str, Step] = {}
    for step in outcome.changing:
        seen.setdefault(step.urn, step)
    for urn in sorted(seen, key=lambda urn: (seen[urn].name, urn)):
        step = seen[urn]
        op = 'replace' if step.op in _REPLACING else step.op
        sign = _SIGNS.get(op, '?')
        detail = ', '.join(_detail(step)) if op in {'update', 'replace'} else ''
        left = ' (stays in the cloud)' if op == 'delete' and step.retain and not telling.drift else ''
        op = telling.words.get(op, op) if telling.drift else op
        yield f'  {sign} {op:<7} {step.name}{f": {detail}" if detail else ""}{left}'


def _detail(step: Step) -> Iterator[str]:
    """People where it is about people, keys elsewhere: values may be long, or nobody's business."""
    before, after = set(entries_of(step.type, step.old)), set(entries_of(step.type, step.new))
    if before == after:
        yield from step.changed
        return
    people = [f'+ {each.who}' for each in sorted(after - before)] + [f'- {each.who}' for each in sorted(before - after)]
    yield from people[:_MOST_PEOPLE]
    if len(people) > _MOST_PEOPLE:
        yield f'and {len(people) - _MOST_PEOPLE} more'


def _errors(outcome: Outcome) -> Iterable[str]:
    return dict.fromkeys(_indented(complaint) for complaint in outcome.errors)


def _indented(complaint: Complaint) -> str:
    return str(complaint).replace('\n', '\n    ')


def _next(report: Report, telling: Telling) -> str:
    if telling.looked_only:
        return 'Nothing was changed. Mend the cause and preview again.'
    done = sum(each.status is Status.DONE for each in report.stacks)
    ran = f'{amount(done, "stack")} done' if done else 'no stack was completed'
    return f'{ran}. Mend the cause and run the same command again: what is done stays done.'
