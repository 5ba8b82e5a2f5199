-- Cost by invoice month, of the months that changed.
SELECT
  invoice_month,
  topic,
  CASE WHEN cost_category = 'Cloud Storage' THEN 'Storage Cost' ELSE 'Compute Cost' END AS cost_category,
  currency,
  CAST(SUM(cost_exact) AS FLOAT64) AS cost,
  SUM(cost_exact) AS cost_exact,
  SUM(credits_exact) AS credits_exact,
  SUM(net_exact) AS net_exact
FROM aggregate_daily
WHERE invoice_month IN (SELECT invoice_month FROM refreshed_months)
GROUP BY invoice_month, topic, CASE WHEN cost_category = 'Cloud Storage' THEN 'Storage Cost' ELSE 'Compute Cost' END, currency
