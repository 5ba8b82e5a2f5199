-- What the sources say, in the ledger's currency: counted from the lines as they were kept.
SELECT
  l.source,
  l.scope,
  c.month AS invoice_month,
  CASE WHEN c.rate IS NULL THEN l.amount_currency ELSE @currency END AS currency,
  COUNTIF(ABS(l.amount * IFNULL(c.rate, 1)) < 9000000000) AS lines,
  IFNULL(SUM(CASE WHEN ABS(l.amount * IFNULL(c.rate, 1)) < 9000000000 THEN CAST(l.amount * IFNULL(c.rate, 1) AS NUMERIC) END), 0) AS cost,
  IFNULL(SUM(CASE WHEN ABS(l.amount * IFNULL(c.rate, 1)) < 9000000000 THEN CREDITS_TOTAL(l.credits) END), 0) AS credits,
  IFNULL(SUM(CASE WHEN ABS(l.amount * IFNULL(c.rate, 1)) < 9000000000 THEN l.amount * IFNULL(c.rate, 1) END), 0) AS float_cost,
  COUNT(*) - COUNTIF(ABS(l.amount * IFNULL(c.rate, 1)) < 9000000000) AS unreadable,
  @run_id AS run_id
FROM chosen_lines AS l
JOIN chosen_rates AS c ON c.month = COALESCE(l.month, INVOICE_MONTH(l.usage_end_time)) AND c.from_currency = l.amount_currency
GROUP BY l.source, l.scope, c.month, CASE WHEN c.rate IS NULL THEN l.amount_currency ELSE @currency END
