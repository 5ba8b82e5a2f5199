-- What a load would make of the lines that it is about, per topic, currency and invoice month.
SELECT
  topic, currency, invoice_month,
  SUM(booked) AS before,
  SUM(fresh) AS after
FROM (
  SELECT topic, currency, invoice_month, cost_exact AS booked, CAST(0 AS NUMERIC) AS fresh FROM existing
  UNION ALL
  SELECT topic, currency, invoice.month AS invoice_month, CAST(0 AS NUMERIC) AS booked, cost_exact AS fresh FROM charges
  UNION ALL
  SELECT topic, currency, invoice.month AS invoice_month, CAST(0 AS NUMERIC) AS booked, cost_exact AS fresh FROM others
)
GROUP BY topic, currency, invoice_month
