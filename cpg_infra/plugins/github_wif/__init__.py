"""GitHub federation: workflows act on the clouds without a key."""

from __future__ import annotations

from cpg_infra.plugins.github_wif.plugin import GithubWif

__all__ = ['GithubWif']
