"""Google Cloud: the implementation of the abstraction, its role catalogue and its names."""

from __future__ import annotations

from cpg_infra.abstraction.gcp.infrastructure import GcpInfrastructure

__all__ = ['GcpInfrastructure']
