-- What else a line becomes: a credit on whoever was billed before, a reversal on what is split, and the shares.
SELECT
  CONCAT(l.line_id, '/', 'credit', '/', REPLACE(REPLACE(l.against, '%', '%25'), '/', '%2F')) AS id,
  l.against AS topic,
  l.service, l.sku, l.usage_start_time, l.usage_end_time, l.project, l.labels, l.system_labels, l.location,
  l.export_time,
  -l.cost AS cost,
  l.currency, l.currency_conversion_rate,
  STRUCT(-l.usage.amount AS amount, l.usage.unit AS unit, -l.usage.amount_in_pricing_units AS amount_in_pricing_units, l.usage.pricing_unit AS pricing_unit) AS usage,
  CREDITS_NEGATED(l.credits) AS credits,
  l.invoice, l.cost_type, l.adjustment_info, l.cloud, l.source, l.line_id,
  'credit' AS entry,
  l.rule,
  CAST(NULL AS STRING) AS map_version,
  SHORT_FINGERPRINT(JOINED(l.line_hash, l.rule, CAST(NULL AS STRING), NUMERIC_TEXT(-l.cost_exact), NUMERIC_TEXT(-l.credits_exact), l.currency, l.invoice.month, FLOAT_TEXT(l.currency_conversion_rate), CASE WHEN l.rate_provisional THEN 'p' END)) AS content_hash,
  -l.cost_exact AS cost_exact,
  -l.credits_exact AS credits_exact,
  l.rate_provisional
FROM lines AS l
WHERE l.cost_exact IS NOT NULL AND l.against IS NOT NULL
UNION ALL
SELECT
  CONCAT(l.line_id, '/', 'reversal', '/', REPLACE(REPLACE(l.topic, '%', '%25'), '/', '%2F')) AS id,
  l.topic AS topic,
  l.service, l.sku, l.usage_start_time, l.usage_end_time, l.project, l.labels, l.system_labels, l.location,
  l.export_time,
  -l.cost AS cost,
  l.currency, l.currency_conversion_rate,
  STRUCT(-l.usage.amount AS amount, l.usage.unit AS unit, -l.usage.amount_in_pricing_units AS amount_in_pricing_units, l.usage.pricing_unit AS pricing_unit) AS usage,
  CREDITS_NEGATED(l.credits) AS credits,
  l.invoice, l.cost_type, l.adjustment_info, l.cloud, l.source, l.line_id,
  'reversal' AS entry,
  l.rule,
  l.map_version AS map_version,
  SHORT_FINGERPRINT(JOINED(l.line_hash, l.rule, l.map_version, NUMERIC_TEXT(-l.cost_exact), NUMERIC_TEXT(-l.credits_exact), l.currency, l.invoice.month, FLOAT_TEXT(l.currency_conversion_rate), CASE WHEN l.rate_provisional THEN 'p' END)) AS content_hash,
  -l.cost_exact AS cost_exact,
  -l.credits_exact AS credits_exact,
  l.rate_provisional
FROM shared_lines AS l
UNION ALL
SELECT
  CONCAT(l.line_id, '/', 'split', '/', REPLACE(REPLACE(p.topic, '%', '%25'), '/', '%2F')) AS id,
  p.topic AS topic,
  l.service, l.sku, l.usage_start_time, l.usage_end_time, l.project, l.labels, l.system_labels, l.location,
  l.export_time,
  UNSCALED(p.cost_units, 9) AS cost,
  l.currency, l.currency_conversion_rate,
  STRUCT(CASE WHEN l.usage.amount IS NULL THEN NULL ELSE UNSCALED(p.usage_units, l.usage_digits) END AS amount, l.usage.unit AS unit, CASE WHEN l.usage.amount_in_pricing_units IS NULL THEN NULL ELSE UNSCALED(p.pricing_units, l.pricing_digits) END AS amount_in_pricing_units, l.usage.pricing_unit AS pricing_unit) AS usage,
  p.credits AS credits,
  l.invoice, l.cost_type, l.adjustment_info, l.cloud, l.source, l.line_id,
  'split' AS entry,
  l.rule,
  l.map_version AS map_version,
  SHORT_FINGERPRINT(JOINED(l.line_hash, l.rule, l.map_version, NUMERIC_TEXT(EXACT(p.cost_units)), NUMERIC_TEXT(EXACT(p.credit_units)), l.currency, l.invoice.month, FLOAT_TEXT(l.currency_conversion_rate), CASE WHEN l.rate_provisional THEN 'p' END)) AS content_hash,
  EXACT(p.cost_units) AS cost_exact,
  EXACT(p.credit_units) AS credits_exact,
  l.rate_provisional
FROM shared_lines AS l
JOIN splits AS p ON p.line_id = l.line_id
