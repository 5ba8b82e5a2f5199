"""A plan as text that people read: what there is, and who may do what with it.

`plan_lines` says what is shown, `plain` and `terminal.painted` how it looks. Nothing here decides what should
exist: every word is read from the plan.
"""

from __future__ import annotations

from cpg_infra.cli.plan_text.lines import Line, Look, plain
from cpg_infra.cli.plan_text.page import plan_lines

__all__ = ['Line', 'Look', 'plain', 'plan_lines']
