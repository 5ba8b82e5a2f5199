-- What the ledger has of these lines, and of lines that their source no longer has.
SELECT id, line_id, content_hash, topic, currency, invoice.month AS invoice_month, cost_exact, credits_exact
FROM ledger
WHERE usage_end_time BETWEEN @first_usage AND @last_usage
  AND export_time BETWEEN @first_export AND @last_export
  AND run_id IS NOT NULL
  AND line_id IN (SELECT line_id FROM lines UNION ALL SELECT line_id FROM gone_lines)
