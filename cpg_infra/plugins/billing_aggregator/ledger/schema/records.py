"""Records of the Google export, whose types the ledger and other sources share."""

from __future__ import annotations

from typing import Final

LABEL: Final = 'ARRAY<STRUCT<key STRING, value STRING>>'
NAMED: Final = 'STRUCT<id STRING, description STRING>'
PROJECT: Final = (
    f'STRUCT<id STRING, number STRING, name STRING, labels {LABEL}, ancestry_numbers STRING, '
    'ancestors ARRAY<STRUCT<resource_name STRING, display_name STRING>>>'
)
LOCATION: Final = 'STRUCT<location STRING, country STRING, region STRING, zone STRING>'
USAGE: Final = 'STRUCT<amount FLOAT64, unit STRING, amount_in_pricing_units FLOAT64, pricing_unit STRING>'
CREDITS: Final = 'ARRAY<STRUCT<name STRING, amount FLOAT64, full_name STRING, id STRING, type STRING>>'
INVOICE: Final = 'STRUCT<month STRING>'
ADJUSTMENT: Final = 'STRUCT<id STRING, description STRING, mode STRING, type STRING>'
