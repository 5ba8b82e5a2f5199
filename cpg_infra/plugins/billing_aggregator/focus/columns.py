"""The columns of a FOCUS file: the dataset "Cost and Usage" of version 1.3 of the specification.

Names, types, whether a column must be there and may be null: from the specification's own pages of the columns
(focus.finops.org). `ProviderName` and `PublisherName` are deprecated in 1.3 and still mandatory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from cpg_infra.plugins.billing_aggregator.ledger.schema import NUMERIC


@dataclass(frozen=True, slots=True)
class FocusColumn:
    """`null`: whether it may be. `expression`: in GoogleSQL, over a row of `rows.sql`. `values`: the allowed ones, where they are listed."""

    name: str
    type: Literal['String', 'Decimal', 'Date/Time', 'JSON']
    level: Literal['Mandatory', 'Conditional', 'Recommended', 'ours']
    null: Literal['null', 'set']
    expression: str
    values: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """Its GoogleSQL type: costs are exact, quantities are what the source counted."""
        if self.type == 'Decimal':
            return NUMERIC if self.name.endswith('Cost') else 'FLOAT64'
        return 'TIMESTAMP' if self.type == 'Date/Time' else 'STRING'


CHARGE_CATEGORIES: Final = frozenset({'Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'})
SERVICE_CATEGORIES: Final = frozenset(
    {
        'AI and Machine Learning', 'Analytics', 'Business Applications', 'Compute', 'Databases', 'Developer Tools',
        'Multicloud', 'Identity', 'Integration', 'Internet of Things', 'Management and Governance', 'Media', 'Migration',
        'Mobile', 'Networking', 'Security', 'Storage', 'Web', 'Other',
    }
)  # fmt: skip

COLUMNS: Final = (
    FocusColumn('BilledCost', 'Decimal', 'Mandatory', 'set', 'billed'),
    FocusColumn('BillingAccountId', 'String', 'Mandatory', 'set', 'billing_account'),
    FocusColumn('BillingAccountName', 'String', 'Mandatory', 'null', 'CAST(NULL AS STRING)'),
    FocusColumn('BillingCurrency', 'String', 'Mandatory', 'set', 'currency'),
    FocusColumn('BillingPeriodStart', 'Date/Time', 'Mandatory', 'set', '@period_start'),
    FocusColumn('BillingPeriodEnd', 'Date/Time', 'Mandatory', 'set', '@period_end'),
    FocusColumn('ChargeCategory', 'String', 'Mandatory', 'set', 'category', CHARGE_CATEGORIES),
    FocusColumn('ChargeClass', 'String', 'Mandatory', 'null', 'charge_class', frozenset({'Correction'})),
    FocusColumn('ChargeDescription', 'String', 'Mandatory', 'null', 'described'),
    FocusColumn('ChargePeriodStart', 'Date/Time', 'Mandatory', 'set', 'period_starts'),
    FocusColumn('ChargePeriodEnd', 'Date/Time', 'Mandatory', 'set', 'period_ends'),
    FocusColumn('ContractedCost', 'Decimal', 'Mandatory', 'set', 'gross'),
    FocusColumn('EffectiveCost', 'Decimal', 'Mandatory', 'set', 'billed'),
    FocusColumn('HostProviderName', 'String', 'Mandatory', 'set', 'host'),
    FocusColumn('InvoiceIssuerName', 'String', 'Mandatory', 'set', 'provider'),
    FocusColumn('ListCost', 'Decimal', 'Mandatory', 'set', 'gross'),
    FocusColumn('PricingQuantity', 'Decimal', 'Mandatory', 'null', 'priced_amount'),
    FocusColumn('PricingUnit', 'String', 'Mandatory', 'null', 'priced_unit'),
    FocusColumn('ProviderName', 'String', 'Mandatory', 'set', 'provider'),
    FocusColumn('PublisherName', 'String', 'Mandatory', 'set', 'provider'),
    FocusColumn('ServiceCategory', 'String', 'Mandatory', 'set', 'service_category', SERVICE_CATEGORIES),
    FocusColumn('ServiceName', 'String', 'Mandatory', 'set', 'service_name'),
    FocusColumn('ServiceProviderName', 'String', 'Mandatory', 'set', 'provider'),
    FocusColumn('AllocatedMethodId', 'String', 'Conditional', 'null', 'allocated_by'),
    FocusColumn('AllocatedMethodDetails', 'JSON', 'Recommended', 'null', 'allocation'),
    FocusColumn('AllocatedResourceId', 'String', 'Conditional', 'null', 'allocated_to'),
    FocusColumn('AllocatedResourceName', 'String', 'Conditional', 'null', 'allocated_to'),
    FocusColumn('AllocatedTags', 'JSON', 'Conditional', 'null', 'allocated_tags'),
    FocusColumn('ConsumedQuantity', 'Decimal', 'Conditional', 'null', 'used_amount'),
    FocusColumn('ConsumedUnit', 'String', 'Conditional', 'null', 'used_unit'),
    FocusColumn('RegionId', 'String', 'Conditional', 'null', 'region'),
    FocusColumn('RegionName', 'String', 'Conditional', 'null', 'region'),
    FocusColumn('SkuId', 'String', 'Conditional', 'null', 'sku_id'),
    FocusColumn('SkuPriceId', 'String', 'Conditional', 'null', 'sku_id'),
    FocusColumn('SubAccountId', 'String', 'Conditional', 'null', 'project_id'),
    FocusColumn('SubAccountName', 'String', 'Conditional', 'null', 'project_name'),
    FocusColumn('Tags', 'JSON', 'Conditional', 'null', 'tags'),
    FocusColumn('x_Topic', 'String', 'ours', 'set', 'topic'),
    FocusColumn('x_Dataset', 'String', 'ours', 'null', 'dataset'),
    FocusColumn('x_BatchId', 'String', 'ours', 'null', 'batch_id'),
    FocusColumn('x_Entry', 'String', 'ours', 'set', 'entry'),
)

MANDATORY: Final = tuple(column.name for column in COLUMNS if column.level == 'Mandatory')
