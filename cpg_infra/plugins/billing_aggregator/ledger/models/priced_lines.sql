-- Lines of all sources but the Google export, in the ledger's currency.
SELECT
  l.line_id,
  l.source,
  l.scope,
  l.cloud,
  COALESCE(a.topic, p.topic, l.payer, @default_topic) AS topic,
  CASE
    WHEN s.method IS NULL THEN CASE WHEN a.topic IS NOT NULL OR p.topic IS NOT NULL THEN 'payer' WHEN l.payer IS NOT NULL THEN 'payer-id' ELSE 'default' END
    WHEN n.map_no IS NOT NULL THEN 'shared-label'
    WHEN l.tag IS NOT NULL THEN 'shared-unknown'
    WHEN DATE(l.share_time) < s.from_day THEN 'shared-before'
    WHEN m.map_no IS NULL THEN 'shared-no-map'
    ELSE CONCAT('shared-', s.method)
  END AS rule,
  CASE WHEN s.method IS NOT NULL AND c.rate IS NOT NULL AND l.fault IS NULL THEN
    CASE
      WHEN n.map_no IS NOT NULL THEN n.map_no
      WHEN l.tag IS NOT NULL OR DATE(l.share_time) < s.from_day OR m.map_no IS NULL THEN s.fallback_map_no
      ELSE m.map_no
    END
  END AS map_no,
  CASE WHEN l.source = 'hail' THEN @hail_topic END AS against,
  l.service, l.sku, l.usage_start_time, l.usage_end_time, l.project, l.labels, l.system_labels, l.location,
  l.export_time,
  l.amount * IFNULL(c.rate, 1) AS cost,
  CASE WHEN c.rate IS NULL THEN l.amount_currency ELSE @currency END AS currency,
  c.rate AS currency_conversion_rate,
  l.usage, l.credits,
  STRUCT(c.month AS month) AS invoice,
  l.cost_type, l.adjustment_info,
  CASE WHEN ABS(l.amount * IFNULL(c.rate, 1)) < 9000000000 THEN CAST(l.amount * IFNULL(c.rate, 1) AS NUMERIC) END AS cost_exact,
  CREDITS_TOTAL(l.credits) AS credits_exact,
  IFNULL(c.provisional, FALSE) AS rate_provisional,
  CASE
    WHEN l.amount IS NULL OR NOT ABS(l.amount * IFNULL(c.rate, 1)) < 9000000000 THEN 'unreadable-amount'
    WHEN l.fault IS NOT NULL THEN l.fault
    WHEN c.rate IS NULL THEN 'no-rate'
    WHEN s.method IS NULL OR n.map_no IS NOT NULL THEN NULL
    WHEN l.tag IS NOT NULL THEN 'unknown-dataset'
    WHEN DATE(l.share_time) >= s.from_day AND m.map_no IS NULL THEN 'no-map'
  END AS fault,
  l.line_hash
FROM chosen_lines AS l
JOIN chosen_rates AS c ON c.month = COALESCE(l.month, INVOICE_MONTH(l.usage_end_time)) AND c.from_currency = l.amount_currency
LEFT JOIN attributed AS a ON a.project_id = l.payer
LEFT JOIN payers AS p ON p.source = l.source AND p.payer = l.payer
LEFT JOIN shared AS s ON s.source = l.source AND s.match = l.payer
LEFT JOIN named AS n ON n.name = CASE WHEN s.method IS NOT NULL THEN l.tag END
LEFT JOIN maps AS m ON m.method = s.method AND DATE(l.share_time) >= m.from_day AND DATE(l.share_time) < m.until_day
