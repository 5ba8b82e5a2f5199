"""Who can do what: effective access, worked out of the access model of a plan.

`resolve` answers without any cloud: nested groups are walked, roles become operations, ends of memberships and
conditions come along. Nothing here reads lowered resources; a test compares both sides (docs/access.md).
"""

from __future__ import annotations

from cpg_infra.access.access import Access, resolve
from cpg_infra.access.holding import AccessPath, Allowance, Holding, HoldingAsAccount
from cpg_infra.access.nesting import Nesting

__all__ = ['Access', 'AccessPath', 'Allowance', 'Holding', 'HoldingAsAccount', 'Nesting', 'resolve']
