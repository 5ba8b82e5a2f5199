"""Who a thing in the plan belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from cpg_infra.config.names import Cloud

ORGANISATION_WIDE = ''
"""The dataset of an owner that is the organisation itself: sorts before every dataset."""


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """The dataset (empty for the organisation), the cloud (None for neither) and the component."""

    dataset: str
    cloud: Cloud | None
    component: str

    def sort_key(self) -> tuple[str, str, str]:
        """Canonical order: the organisation first, then datasets by name."""
        return (self.dataset, self.cloud or '', self.component)
