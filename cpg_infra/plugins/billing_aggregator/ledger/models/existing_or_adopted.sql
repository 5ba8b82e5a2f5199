-- What the ledger has of these lines, and the rows of a month that no run of ours wrote.
SELECT
  id, line_id, CASE WHEN run_id IS NULL THEN '' ELSE content_hash END AS content_hash, topic, currency,
  invoice.month AS invoice_month,
  CASE WHEN run_id IS NULL THEN CAST(cost AS NUMERIC) ELSE cost_exact END AS cost_exact,
  IFNULL(credits_exact, 0) AS credits_exact
FROM ledger
WHERE usage_end_time BETWEEN @first_usage AND @last_usage
  AND export_time BETWEEN @first_export AND @last_export
  AND (run_id IS NULL AND invoice.month = @month
    OR run_id IS NOT NULL AND line_id IN (SELECT line_id FROM lines UNION ALL SELECT line_id FROM gone_lines))
