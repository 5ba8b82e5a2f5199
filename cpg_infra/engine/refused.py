"""How a plan is refused before anything is registered."""

from __future__ import annotations

from cpg_infra.config.diagnostics import ConfigurationError


class PlanRefusedError(ConfigurationError):
    """The plan must not be deployed, or not with the stack's settings; `diagnostics` holds every reason."""
