"""The entry point that Pulumi starts for resources of the `cpg:` types."""

from __future__ import annotations

import sys

NOT_SERVED = (
    'pulumi-resource-cpg: this version of cpg-infra plans the cpg: resources (Google groups, Hail Batch, metamist) '
    'but has no provider server yet, so a stack that holds them can be planned and reviewed, not previewed or updated '
    'by Pulumi.'
)


def main() -> None:
    """Refuse to serve, in one sentence. Raises `SystemExit` with status 1."""
    sys.stderr.write(f'{NOT_SERVED}\n')
    sys.exit(1)
