"""The Pulumi program of Lantern: everything that the files beside it describe."""

from pathlib import Path

import cpg_infra

cpg_infra.main(Path(__file__).resolve().parent)
