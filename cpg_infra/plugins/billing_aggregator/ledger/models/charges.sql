-- Each line as it was told: a charge, or, where it cannot be booked as it should, a reject.
SELECT
  CONCAT(l.line_id, '/', CASE WHEN l.fault NOT IN ('unknown-dataset', 'no-map') THEN 'reject' ELSE 'charge' END, '/', REPLACE(REPLACE(CASE WHEN l.fault NOT IN ('unknown-dataset', 'no-map') THEN 'unallocated' ELSE l.topic END, '%', '%25'), '/', '%2F')) AS id,
  CASE WHEN l.fault NOT IN ('unknown-dataset', 'no-map') THEN 'unallocated' ELSE l.topic END AS topic,
  l.service, l.sku, l.usage_start_time, l.usage_end_time, l.project, l.labels, l.system_labels, l.location,
  l.export_time,
  l.cost AS cost,
  l.currency, l.currency_conversion_rate,
  l.usage AS usage,
  l.credits AS credits,
  l.invoice, l.cost_type, l.adjustment_info, l.cloud, l.source, l.line_id,
  CASE WHEN l.fault NOT IN ('unknown-dataset', 'no-map') THEN 'reject' ELSE 'charge' END AS entry,
  l.rule,
  CAST(NULL AS STRING) AS map_version,
  SHORT_FINGERPRINT(JOINED(l.line_hash, l.rule, CAST(NULL AS STRING), NUMERIC_TEXT(l.cost_exact), NUMERIC_TEXT(l.credits_exact), l.currency, l.invoice.month, FLOAT_TEXT(l.currency_conversion_rate), CASE WHEN l.rate_provisional THEN 'p' END)) AS content_hash,
  l.cost_exact AS cost_exact,
  l.credits_exact AS credits_exact,
  l.rate_provisional
FROM lines AS l
WHERE l.cost_exact IS NOT NULL
