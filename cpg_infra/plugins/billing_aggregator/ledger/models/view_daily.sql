-- Cost by day, of the days that changed: the extended view without its labels.
SELECT
  day,
  gcp_project,
  topic,
  cost_category,
  sku,
  invoice_month,
  currency,
  CAST(SUM(cost_exact) AS FLOAT64) AS cost,
  source,
  cost_type,
  SUM(cost_exact) AS cost_exact,
  SUM(credits_exact) AS credits_exact,
  SUM(net_exact) AS net_exact
FROM aggregate_daily_extended
WHERE day IN (SELECT day FROM refreshed_days)
GROUP BY day, gcp_project, topic, cost_category, sku, invoice_month, currency, source, cost_type
