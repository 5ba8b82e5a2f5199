"""What the aggregator is told of exists, in the form that it must have."""

from __future__ import annotations

from typing import Any

from tests.config.building import findings

AGGREGATOR = {
    'destination_bq_table': 'lantern-billing.aggregate.costs',
    'slack_channel': 'costs',
    'slack_token_secret_name': 'slack-token',
    'functions': ['gcp', 'seqr24'],
}


def said(*, source: str | None = None, **changes: Any) -> list[str]:
    gcp = {'project_id': 'billing', 'account_id': '0A', 'source_bq_table': source}
    return findings(billing={'gcp': gcp, 'aggregator': {**AGGREGATOR, **changes}})


def test_sound_settings_give_no_cause_for_a_remark() -> None:
    assert said(source='lantern-billing.export.v1') == []


def test_an_unknown_source_is_named_with_a_near_one() -> None:
    assert said(functions=['gcp', 'hial']) == [
        "billing.aggregator.functions[1]: no source 'hial'; there are gcp, hail, seqr, seqr24, ica (did you mean 'hail'?)"
    ]


def test_a_table_is_named_with_its_project_and_its_set_of_tables() -> None:
    form = 'is not of the form <project>.<set of tables>.<table>'
    assert said(source='export.v1', destination_bq_table='costs', ica_raw_table='lantern-billing.ica.raw; DROP') == [
        f"billing.aggregator.destination_bq_table: 'costs' {form}",
        f"billing.aggregator.ica_raw_table: 'lantern-billing.ica.raw; DROP' {form}",
        f"billing.gcp.source_bq_table: 'export.v1' {form}",
    ]


def test_a_spreadsheet_is_named_by_its_id_and_the_one_in_an_address_is_suggested() -> None:
    assert said(billing_sheet_id='1aB_c-9') == []
    assert said(billing_sheet_id='https://sheets.example.org/spreadsheets/d/1aB_c-9/edit#gid=0') == [
        (
            "billing.aggregator.billing_sheet_id: 'https://sheets.example.org/spreadsheets/d/1aB_c-9/edit#gid=0' is no id of a "
            "spreadsheet: letters, digits, - and _ (did you mean '1aB_c-9'?)"
        )
    ]
