"""An organisation that is small enough to be read whole, and its golden texts.

`python -m tests.cli.small` writes them anew; then read the difference.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.cli.running import plan
from tests.config.building import write

GOLDEN: Final = Path(__file__).parent / 'golden'

TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    'whole.txt': (),
    'verbose.txt': ('--verbose', '--dataset', 'alpha'),
    'parity.txt': ('--parity',),
    'parity.md': ('--parity', '--format', 'markdown', '--dataset', 'alpha'),
}
"""Golden files, and the options that they show the output of."""

CPG_TOML: Final = """\
domain = "example.org"
budget_currency = "AUD"
common_dataset = "common"
config_destination = "gs://lantern-config/deploy"
plugins_enabled = []

[gcp]
customer_id = "C0lantern"
region = "australia-southeast1"
groups_domain = "groups.example.org"
config_bucket_name = "lantern-config"
dataset_storage_prefix = "lantern-"

[billing.gcp]
project_id = "lantern-billing"
account_id = "0A1B2C-3D4E5F-6A7B8C"
"""

PRODUCTION_YAML: Final = """\
common:
  gcp: {project: lantern-common}
  setup_test: false
  enable_metamist_project: false
  components: {gcp: [storage]}
alpha:
  gcp: {project: lantern-alpha}
  setup_test: false
  enable_metamist_project: false
  enable_release: true
  archive_age: 30
  depends_on: [beta]
  components: {gcp: [storage]}
beta:
  deploy_locations: [dry-run]
  setup_test: false
  enable_metamist_project: false
  components: {dry-run: [storage]}
"""

MEMBERS_YAML: Final = """\
data-manager: [ana]
tmp-main-read-access:
  - id: bao
    expires: 2031-01-31
    reason: a visit
analysis:
  - bao
  - id: ana
    expires: 2026-01-31
"""

UPLOAD_YAML: Final = """\
default_bucket:
  uploaders: [bao]
"""

FILES: Final[Mapping[str, str | None]] = {
    'cpg.toml': CPG_TOML,
    'production.yaml': PRODUCTION_YAML,
    'alpha/members.yaml': MEMBERS_YAML,
    'alpha/upload.yaml': UPLOAD_YAML,
    'datasets/beta/budgets.yaml': 'dry-run: {monthly_budget: 100}\n',
}


def without_hash(text: str) -> str:
    """A text whose plan's hash is left out: it changes with every input, also of what the text does not show."""
    return re.sub(r'(?<=, plan )[0-9a-f]{12}', '…', text)


def main() -> None:
    """Write the golden texts anew."""
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write(Path('lantern'), FILES)
        for name, options in TEXTS.items():
            (GOLDEN / name).write_text(without_hash(plan(*options).out), encoding='utf-8')
        os.chdir(GOLDEN)


if __name__ == '__main__':
    main()
