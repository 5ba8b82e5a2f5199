"""Parity: what each dataset asks for, and how well each cloud expresses it."""

from __future__ import annotations

from cpg_infra.driver.parity.report import CLOUDS, Parity, Row, parity

__all__ = ['CLOUDS', 'Parity', 'Row', 'parity']
