WITH posted AS (
    SELECT
        ledger.*,
        COALESCE((
            SELECT SUM(CAST(credit.amount AS NUMERIC)) FROM UNNEST(ledger.credits) AS credit
            WHERE credit.type IN ('PROMOTION', 'FREE_TIER', 'RESELLER_MARGIN', 'SUBSCRIPTION_BENEFIT')
        ), 0) AS granted,
        CASE
            WHEN ledger.source = 'hail' THEN 'hail-batch'
            WHEN ledger.entry IN ('split', 'reversal') THEN COALESCE(ledger.rule, 'split')
        END AS method
    FROM ledger
    WHERE ledger.invoice.month = @month AND usage_end_time >= @from_time AND usage_end_time <= @until_time
),
-- Discounts lower the charge that they belong to; what was granted is a charge of its own.
charged AS (
    SELECT *, cost_exact AS gross, cost_exact + COALESCE(credits_exact, 0) - granted AS billed, FALSE AS is_grant
    FROM posted
    UNION ALL
    SELECT *, granted AS gross, granted AS billed, TRUE AS is_grant FROM posted WHERE granted != 0
),
-- What was charged before it was shared, and whether it was handed on.
origins AS (
    SELECT
        c.line_id,
        c.is_grant,
        SUM(CASE WHEN c.entry = 'charge' THEN c.gross END) AS cost,
        SUM(CASE WHEN c.entry = 'charge' THEN c.usage.amount END) AS used,
        COUNTIF(c.entry = 'reversal') AS reversals
    FROM charged AS c
    WHERE c.line_id IN (SELECT line_id FROM posted WHERE method IS NOT NULL)
    GROUP BY c.line_id, c.is_grant
),
-- An allocated charge is one that ends with who carries it: a share, or the cost of a job that is not shared again.
allocated AS (
    SELECT
        c.*,
        c.method IS NOT NULL AND (c.entry = 'split' OR c.entry = 'charge' AND o.reversals = 0) AS is_allocated,
        CASE
            WHEN o.cost != 0 THEN CAST(UNITS(c.gross) AS FLOAT64) / CAST(UNITS(o.cost) AS FLOAT64)
            WHEN o.used != 0 THEN c.usage.amount / o.used
        END AS ratio
    FROM charged AS c
    LEFT JOIN origins AS o ON o.line_id = c.line_id AND o.is_grant = c.is_grant
),
-- A weight that is not the same on every day of a version says nothing here.
weighed AS (
    SELECT method, version, topic, MIN(weight) AS weight
    FROM proportions
    GROUP BY method, version, topic
    HAVING MIN(weight) = MAX(weight)
)
SELECT
    c.gross,
    c.billed,
    c.currency,
    CASE
        WHEN c.cloud = 'gcp' THEN @gcp_account
        WHEN c.source = 'azure' THEN @azure_account
        ELSE COALESCE(c.cloud, 'unknown')
    END AS billing_account,
    CASE
        WHEN c.is_grant THEN 'Credit'
        WHEN c.cost_type = 'tax' THEN 'Tax'
        WHEN c.cost_type IN ('adjustment', 'rounding_error') THEN 'Adjustment'
        ELSE 'Usage'
    END AS category,
    CASE WHEN c.cost_type = 'adjustment' AND NOT c.is_grant THEN 'Correction' END AS charge_class,
    c.sku.description AS described,
    COALESCE(c.usage_start_time, c.usage_end_time) AS period_starts,
    c.usage_end_time AS period_ends,
    CASE WHEN c.cost_type = 'regular' THEN COALESCE(p.name, c.cloud, 'Not Applicable') ELSE 'Not Applicable' END AS host,
    COALESCE(p.name, c.cloud, 'Not Applicable') AS provider,
    CASE WHEN c.cost_type = 'tax' OR c.is_grant OR c.sku.id IS NULL THEN NULL ELSE c.usage.amount_in_pricing_units END
        AS priced_amount,
    CASE WHEN c.cost_type = 'tax' OR c.is_grant OR c.sku.id IS NULL THEN NULL ELSE c.usage.pricing_unit END
        AS priced_unit,
    CASE WHEN c.cost_type = 'tax' OR c.is_grant THEN NULL ELSE c.usage.amount END AS used_amount,
    CASE WHEN c.cost_type = 'tax' OR c.is_grant THEN NULL ELSE c.usage.unit END AS used_unit,
    COALESCE(s.category, 'Other') AS service_category,
    COALESCE(c.service.description, 'Not Applicable') AS service_name,
    c.method AS allocated_by,
    CASE WHEN c.is_allocated THEN c.topic END AS allocated_to,
    CASE WHEN c.is_allocated AND c.ratio IS NOT NULL THEN CONCAT(
        '{"Elements":[{"AllocatedRatio":', FLOAT_TEXT(c.ratio),
        CASE
            WHEN w.weight IS NOT NULL THEN CONCAT(',"UsageUnit":"Weight","UsageQuantity":', CAST(w.weight AS STRING))
            WHEN c.entry = 'charge' AND c.usage.unit IS NOT NULL AND c.usage.amount IS NOT NULL
                THEN CONCAT(',"UsageUnit":', TO_JSON_STRING(c.usage.unit), ',"UsageQuantity":', FLOAT_TEXT(c.usage.amount))
            ELSE ''
        END,
        '}]',
        CASE WHEN c.map_version IS NULL THEN '' ELSE CONCAT(',"x_MapVersion":', TO_JSON_STRING(c.map_version)) END,
        '}'
    ) END AS allocation,
    CASE WHEN c.is_allocated THEN CONCAT(
        '{', CASE WHEN d.dataset IS NULL THEN '' ELSE CONCAT('"cpg-infra/dataset":', TO_JSON_STRING(d.dataset), ',') END,
        '"cpg-infra/topic":', TO_JSON_STRING(c.topic), '}'
    ) END AS allocated_tags,
    c.location.region AS region,
    c.sku.id AS sku_id,
    c.project.id AS project_id,
    c.project.name AS project_name,
    COALESCE(c.labels, '{}') AS tags,
    c.topic,
    d.dataset,
    LABEL_OF(c.labels, 'batch_id') AS batch_id,
    c.entry
FROM allocated AS c
LEFT JOIN focus_providers AS p ON p.cloud = c.cloud
LEFT JOIN focus_services AS s ON s.service = c.service.description
LEFT JOIN focus_datasets AS d ON d.dataset = c.topic
LEFT JOIN weighed AS w ON c.entry = 'split' AND CONCAT('shared-', w.method) = c.rule AND w.version = c.map_version AND w.topic = c.topic
