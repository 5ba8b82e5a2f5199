"""A program that only asks providers: it declares nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pulumi

from cpg_infra.engine.automation.ids import Question
from cpg_infra.engine.providers import version_of


def ask(questions: Mapping[str, Question], ids: dict[str, str]) -> None:
    """Ask all questions at once; `ids` receives the ids of what there is, by the keys of the questions."""

    async def answers() -> int:
        await asyncio.gather(*(_ask(key, question, ids) for key, question in questions.items()))
        return len(ids)

    # The SDK waits for outputs of the stack.
    pulumi.export('found', pulumi.Output.from_input(answers()))


async def _ask(key: str, question: Question, ids: dict[str, str]) -> None:
    options = pulumi.InvokeOptions(version=version_of(question.function))
    try:
        answer = await pulumi.runtime.invoke_async(question.function, dict(question.arguments), options)
        ids[key] = question.id_in(answer)
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing more exact
        # There is none, or nobody may look: making it again then says which.
        pulumi.log.debug(f'{question.function} does not find {key}: {error}')
