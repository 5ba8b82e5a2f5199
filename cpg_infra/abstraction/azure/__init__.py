"""Azure: the implementation of the abstraction, its role catalogue and its names."""

from __future__ import annotations

from cpg_infra.abstraction.azure.infrastructure import AzureInfrastructure

__all__ = ['AzureInfrastructure']
