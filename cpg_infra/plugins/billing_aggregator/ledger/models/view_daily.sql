-- Cost by day, of the days that changed.
SELECT
  DATE(l.usage_end_time) AS day,
  l.project.id AS gcp_project,
  l.topic,
  l.service.description AS cost_category,
  l.sku.description AS sku,
  l.invoice.month AS invoice_month,
  l.currency,
  CAST(SUM(l.cost_exact) AS FLOAT64) AS cost,
  l.source,
  l.cost_type,
  SUM(l.cost_exact) AS cost_exact,
  SUM(l.credits_exact) AS credits_exact,
  SUM(l.cost_exact + l.credits_exact) AS net_exact
FROM ledger AS l
WHERE l.usage_end_time >= @first AND l.usage_end_time < @until AND l.run_id IS NOT NULL
  AND DATE(l.usage_end_time) IN (SELECT day FROM refreshed_days)
GROUP BY DATE(l.usage_end_time), l.project.id, l.topic, l.service.description, l.sku.description, l.invoice.month, l.currency, l.source, l.cost_type
