-- What a load would change, per topic, currency and invoice month.
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
HAVING SUM(booked) <> SUM(fresh)
ORDER BY invoice_month, topic, currency
