-- A month of a subscription as Cost Management exports it in FOCUS columns. A later run of the same month has the
-- days that have passed since, and replaces the earlier one.
CREATE OR REPLACE TEMP TABLE azure_export AS
WITH digest AS (
    SELECT
        i AS line,
        md5_number_lower(concat('azure:', $seed::VARCHAR, ':', i::VARCHAR))::UBIGINT AS low
    FROM range($lines::BIGINT) AS numbers(i)
),
chosen AS (
    SELECT
        line,
        ($first::DATE + (low % $days::BIGINT)::INTEGER)::DATE AS day,
        list_extract($groups::VARCHAR[], (1 + (low >> 8) % len($groups::VARCHAR[]))::BIGINT) AS resource_group,
        (low >> 16) % 4 AS which,
        (((low >> 24) % 10000) + 1) / 10000.0 AS size,
        (low >> 40) % 100 AS kind
    FROM digest
)
SELECT
    round(pow(size, 4) * 60 * CASE WHEN kind = 0 THEN -0.5 ELSE 1 END, 8)::DECIMAL(38, 10) AS "BilledCost",
    '/providers/Microsoft.Billing/billingAccounts/demo' AS "BillingAccountId",
    'Lantern' AS "BillingAccountName",
    'AUD' AS "BillingCurrency",
    to_timestamp(epoch($first::DATE)) AS "BillingPeriodStart",
    to_timestamp(epoch($first::DATE + INTERVAL 1 MONTH)) AS "BillingPeriodEnd",
    CASE WHEN kind = 0 THEN 'Correction' END AS "ChargeClass",
    'Usage' AS "ChargeCategory",
    CASE which WHEN 0 THEN 'Hot LRS Data Stored' WHEN 1 THEN 'D8s v5 Spot' WHEN 2 THEN 'D8s v5' ELSE 'Egress' END
        AS "ChargeDescription",
    'Usage-Based' AS "ChargeFrequency",
    to_timestamp(epoch(day)) AS "ChargePeriodStart",
    to_timestamp(epoch(day + INTERVAL 1 DAY)) AS "ChargePeriodEnd",
    round(size * 24, 6) AS "ConsumedQuantity",
    CASE which WHEN 0 THEN 'GB/Month' WHEN 3 THEN 'GB' ELSE 'Hours' END AS "ConsumedUnit",
    "BilledCost" AS "ContractedCost",
    "BilledCost" AS "EffectiveCost",
    "BilledCost" AS "ListCost",
    'Microsoft' AS "InvoiceIssuerName",
    'Microsoft' AS "ProviderName",
    'Microsoft' AS "PublisherName",
    'Standard' AS "PricingCategory",
    round(size * 24, 6) AS "PricingQuantity",
    "ConsumedUnit" AS "PricingUnit",
    'australiaeast' AS "RegionId",
    'Australia East' AS "RegionName",
    concat('/subscriptions/0000/resourcegroups/', resource_group, '/providers/resource-', line % 40) AS "ResourceId",
    concat('resource-', line % 40) AS "ResourceName",
    CASE which WHEN 0 THEN 'Storage' WHEN 3 THEN 'Networking' ELSE 'Compute' END AS "ServiceCategory",
    CASE which WHEN 0 THEN 'Storage Accounts' WHEN 3 THEN 'Bandwidth' ELSE 'Virtual Machines' END AS "ServiceName",
    concat('DEMO-SKU-', which) AS "SkuId",
    concat('DEMO-PRICE-', which) AS "SkuPriceId",
    '/subscriptions/0000' AS "SubAccountId",
    'lantern' AS "SubAccountName",
    CASE WHEN kind % 3 = 0 THEN '{"stage":"align"}' ELSE '{}' END AS "Tags",
    resource_group AS "x_ResourceGroupName"
FROM chosen
WHERE day < $before::DATE
ORDER BY day, line
