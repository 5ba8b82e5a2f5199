-- What the export itself says: counted from the rows as they were read, before any of them is attributed.
SELECT
  'gcp' AS source,
  CAST(arrival AS STRING) AS scope,
  COALESCE(invoice.month, INVOICE_MONTH(COALESCE(usage_end_time, CAST(arrival AS TIMESTAMP)))) AS invoice_month,
  IFNULL(currency, '') AS currency,
  COUNTIF(ABS(cost) < 9000000000) AS lines,
  IFNULL(SUM(CASE WHEN ABS(cost) < 9000000000 THEN CAST(cost AS NUMERIC) END), 0) AS cost,
  IFNULL(SUM(CASE WHEN ABS(cost) < 9000000000 THEN CREDITS_TOTAL(credits) END), 0) AS credits,
  IFNULL(SUM(CASE WHEN ABS(cost) < 9000000000 THEN cost END), 0) AS float_cost,
  COUNT(*) - COUNTIF(ABS(cost) < 9000000000) AS unreadable,
  @run_id AS run_id
FROM raw_gcp
GROUP BY arrival, COALESCE(invoice.month, INVOICE_MONTH(COALESCE(usage_end_time, CAST(arrival AS TIMESTAMP)))), currency
