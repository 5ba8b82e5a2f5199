"""Named checks over a finished plan: the providers' naming rules and limits."""

from __future__ import annotations

from cpg_infra.checks.check import Check, Finding
from cpg_infra.checks.runner import CHECKS, checked, run_checks, unknown_checks

__all__ = ['CHECKS', 'Check', 'Finding', 'checked', 'run_checks', 'unknown_checks']
