"""The parity report, for people and for programs."""

from __future__ import annotations

from cpg_infra.cli.parity.as_json import parity_json
from cpg_infra.cli.parity.as_lines import parity_lines
from cpg_infra.cli.parity.as_markdown import parity_markdown
from cpg_infra.cli.parity.making import Compared, compare

__all__ = ['Compared', 'compare', 'parity_json', 'parity_lines', 'parity_markdown']
