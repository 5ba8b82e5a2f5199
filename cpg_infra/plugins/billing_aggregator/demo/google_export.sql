-- The charges of a made-up organisation, in the schema of Google's detailed export. One digest per line decides
-- everything about it, so the same seed gives the same rows, whatever the order in which threads get to them.
CREATE OR REPLACE TEMP TABLE google_export AS
WITH places AS (
    SELECT unnest(range(from_share, to_share)) AS share, * EXCLUDE (from_share, to_share) FROM demo_projects
),
catalogue AS (
    SELECT unnest(range(from_share, to_share)) AS share, * EXCLUDE (from_share, to_share) FROM demo_skus
),
digest AS (
    SELECT
        i AS line,
        md5_number_lower(concat($seed::VARCHAR, ':', i::VARCHAR))::UBIGINT AS low,
        md5_number_upper(concat($seed::VARCHAR, ':', i::VARCHAR))::UBIGINT AS high
    FROM range($lines::BIGINT) AS numbers(i)
),
chosen AS (
    SELECT
        line,
        epoch($first::DATE)::BIGINT + 3600 * (low % ($days::BIGINT * 24))::BIGINT AS started,
        started + 3600 AS ended,
        ((low >> 16) % 1000)::INTEGER AS which_project,
        ((low >> 26) % 1000)::INTEGER AS which_sku,
        (((low >> 36) % 10000) + 1) / 10000.0 AS size,
        ((low >> 50) % 1000)::INTEGER AS kind,
        ((high >> 10) % 100)::INTEGER AS crediting,
        ((high >> 17) % 100)::INTEGER AS labelling,
        -- Most lines arrive within a day or so, one in a hundred up to 40 days later.
        ended + 3600 * (4 + (high >> 24) % 26)::BIGINT + ((high >> 36) % 3600)::BIGINT
        + CASE WHEN high % 1000 < 10 THEN 86400 * (5 + (high >> 30) % 36)::BIGINT ELSE 0 END AS exported
    FROM digest
),
charged AS (
    SELECT
        chosen.*,
        project,
        sku,
        -- A few lines are large, most are small; one in 200 takes back a part of an earlier charge.
        (sku.price * pow(size, 6) * 400 * CASE WHEN kind < 5 THEN -0.5 ELSE 1 END)::DECIMAL(18, 6) AS cost,
        round(pow(size, 6) * 400, 6) AS amount
    FROM chosen
    JOIN places AS project ON chosen.which_project = project.share
    JOIN catalogue AS sku ON chosen.which_sku = sku.share
),
lines AS (
    SELECT
        line,
        kind,
        exported,
        'DEMO00-000000-000000' AS billing_account_id,
        {'id': sku.service_id, 'description': sku.service} AS service,
        {'id': sku.sku_id, 'description': sku.name} AS sku,
        to_timestamp(started) AS usage_start_time,
        to_timestamp(ended) AS usage_end_time,
        -- Charges of the billing account itself have no project.
        CASE WHEN project.id IS NULL THEN NULL ELSE {
            'id': project.id,
            'number': project.number,
            'name': project.id,
            'labels': [{'key': 'managed-by', 'value': 'cpg-infra'}],
            'ancestry_numbers': '/471147114711/',
            'ancestors': [{'resource_name': 'organizations/471147114711', 'display_name': 'lantern.example.org'}]
        } END AS project,
        CASE
            WHEN labelling < 5 THEN NULL
            WHEN labelling < 60 THEN []::STRUCT("key" VARCHAR, "value" VARCHAR)[]
            WHEN project.shared THEN [
                {'key': 'dataset', 'value': project.labels[1 + labelling % len(project.labels)]},
                {'key': 'component', 'value': 'search'}
            ]
            ELSE [{'key': 'stage', 'value': ['align', 'genotype', 'joint-call', 'qc'][1 + labelling % 4]}]
        END AS labels,
        CASE
            WHEN sku.compute THEN [{'key': 'compute.googleapis.com/machine_spec', 'value': 'n2-standard-8'}]
            ELSE []
        END AS system_labels,
        {
            'location': CASE WHEN kind % 50 = 7 THEN NULL ELSE 'australia-southeast1' END,
            'country': 'AU',
            'region': CASE WHEN kind % 50 = 7 THEN NULL ELSE 'australia-southeast1' END,
            'zone': CASE WHEN sku.compute THEN 'australia-southeast1-b' END
        } AS "location",
        to_timestamp(exported) AS export_time,
        cost::DOUBLE AS cost,
        'AUD' AS currency,
        1.5 + (month(to_timestamp(started) AT TIME ZONE 'America/Los_Angeles') % 7) / 100.0 AS currency_conversion_rate,
        {
            'amount': amount * 3600, 'unit': sku.unit, 'amount_in_pricing_units': amount,
            'pricing_unit': sku.pricing_unit
        } AS "usage",
        CASE
            WHEN cost > 0 AND crediting < 15 THEN [{
                'name': 'Sustained use', 'amount': round(-cost::DOUBLE * 0.2, 6), 'full_name': 'Sustained use discount',
                'id': 'sud-1', 'type': 'SUSTAINED_USAGE_DISCOUNT'
            }]
            WHEN cost > 0 AND crediting < 17 THEN [
                {
                    'name': 'Committed use', 'amount': round(-cost::DOUBLE * 0.3, 6), 'full_name': 'Committed use discount',
                    'id': 'cud-1', 'type': 'COMMITTED_USAGE_DISCOUNT'
                },
                {
                    'name': 'Research grant', 'amount': round(-cost::DOUBLE * 0.1, 6), 'full_name': 'Research grant 2026',
                    'id': 'grant-1', 'type': 'PROMOTION'
                }
            ]
            ELSE []
        END AS credits,
        {'month': strftime(to_timestamp(started) AT TIME ZONE 'America/Los_Angeles', '%Y%m')} AS invoice,
        CASE WHEN kind < 5 THEN 'adjustment' ELSE 'regular' END AS cost_type,
        CASE WHEN kind < 5 THEN {
            'id': 'adjustment-' || line, 'description': 'Correction of usage', 'mode': 'COMPLETE_NEGATION_WITH_REMONETIZATION',
            'type': 'USAGE_CORRECTION'
        } END AS adjustment_info
    FROM charged
),
months AS (
    SELECT
        strftime(to_timestamp(started) AT TIME ZONE 'America/Los_Angeles', '%Y%m') AS month,
        round(sum(cost) * 0.1, 2)::DOUBLE AS tax,
        epoch(strptime(month || '01', '%Y%m%d') + INTERVAL 1 MONTH)::BIGINT AS ended
    FROM charged
    GROUP BY month
),
-- Each month has a line of tax and one of rounding. Neither has a project.
taxes AS (
    SELECT
        -1 AS line,
        500 AS kind,
        ended + 86400 * 2 AS exported,
        'DEMO00-000000-000000' AS billing_account_id,
        {'id': 'FFFF-0000-0001', 'description': 'Invoice'} AS service,
        {'id': 'FFFF-0000-0002', 'description': said} AS sku,
        to_timestamp(ended - 3600) AS usage_start_time,
        to_timestamp(ended) AS usage_end_time,
        NULL AS project,
        NULL AS labels,
        NULL AS system_labels,
        NULL AS "location",
        to_timestamp(ended + 86400 * 2) AS export_time,
        amount AS cost,
        'AUD' AS currency,
        1.5 AS currency_conversion_rate,
        NULL AS "usage",
        [] AS credits,
        {'month': month} AS invoice,
        type AS cost_type,
        NULL AS adjustment_info
    FROM (
        SELECT month, ended, tax AS amount, 'Tax' AS said, 'tax' AS type FROM months
        UNION ALL
        SELECT month, ended, -0.01, 'Rounding error', 'rounding_error' FROM months
    ) AS of_the_account
),
everything AS (
    SELECT * FROM lines
    UNION ALL
    SELECT * FROM taxes
    UNION ALL
    -- True duplicates: two charges that no column tells apart, each of which counts.
    SELECT * FROM lines WHERE kind >= 996
)
SELECT * EXCLUDE (line, kind, exported)
FROM everything
WHERE exported >= epoch($arrived_from::DATE) AND exported < epoch($arrived_before::DATE)
ORDER BY exported, line, service.id, cost
