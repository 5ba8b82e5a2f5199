"""The end of a report: counts, and what only a deployment will know."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from cpg_infra.cli.plan_text.lines import Line, Look
from cpg_infra.cli.plan_text.vocabulary import resource_word
from cpg_infra.cli.remarks import amount
from cpg_infra.plan import Plan, PrincipalKind
from cpg_infra.plan.values import Lookup, Ref, unknowns_of


def people_in(plan: Plan) -> int:
    """How many people there are: one with accounts on two clouds is one."""
    return len(
        {principal.user or principal.key for principal in plan.principals if principal.kind is PrincipalKind.PERSON}
    )


def resources_by_kind(plan: Plan) -> Iterator[Line]:
    """How many resources there are of each type, by what people call them."""
    counts = [(resource_word(token), token, count) for token, count in plan.count_by_type().items()]
    for word, token, count in sorted(counts, key=lambda row: (row[0].casefold(), row[1])):
        yield Line(Look.FACT, 1, f'{count:>7,}', f'{word:<24} {token}')


def known_later(plan: Plan, whole: Plan) -> Iterator[Line]:
    """What `plan`, a part of `whole`, cannot say yet: look-ups as such, references by what they refer to."""
    lookups: Counter[Lookup] = Counter()
    references: dict[Ref, int] = {}
    unknowns = [each for resource in plan.resources for each in whole.unknowns_by_resource.get(resource.name, ())]
    for value in plan.outputs.values():
        unknowns += unknowns_of(value)
    for unknown in unknowns:
        if isinstance(unknown, Lookup):
            lookups[unknown] += 1
        else:
            references[unknown] = references.get(unknown, 0) + 1
    for lookup, uses in sorted(lookups.items(), key=lambda item: str(item[0])):
        yield Line(Look.FACT, 1, str(lookup), f'looked up; used {amount(uses, "time")}')
    by_output: dict[tuple[str, str], list[int]] = defaultdict(list)
    for reference, uses in references.items():
        maker = whole.resource_by_name.get(reference.resource)
        by_output[resource_word(maker.type) if maker else reference.resource, reference.output].append(uses)
    for (word, output), used in sorted(by_output.items()):
        yield Line(Look.FACT, 1, f'{output} of {amount(len(used), word)}', f'used {amount(sum(used), "time")}')
