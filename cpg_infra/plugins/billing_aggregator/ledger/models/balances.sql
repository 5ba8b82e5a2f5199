-- What is booked of each source, against what the source said, per invoice month and currency.
WITH booked AS (
  SELECT
    source, IFNULL(invoice.month, '') AS invoice_month, IFNULL(currency, '') AS currency,
    COUNTIF(entry IN ('charge', 'reject')) AS lines,
    SUM(CASE WHEN entry = 'credit' THEN 0 ELSE cost_exact END) AS cost,
    SUM(CASE WHEN entry = 'credit' THEN 0 ELSE credits_exact END) AS credits,
    SUM(CASE WHEN entry = 'credit' THEN cost_exact ELSE 0 END) AS given_back,
    SUM(CASE WHEN entry IN ('split', 'reversal') THEN cost_exact ELSE 0 END) AS split
  FROM ledger
  WHERE run_id IS NOT NULL
  GROUP BY source, invoice.month, currency
),
told AS (
  SELECT source, invoice_month, currency, SUM(lines) AS lines, SUM(cost) AS cost, SUM(credits) AS credits,
    SUM(float_cost) AS float_cost, SUM(unreadable) AS unreadable
  FROM totals
  GROUP BY source, invoice_month, currency
)
SELECT
  COALESCE(t.source, b.source) AS source,
  COALESCE(t.invoice_month, b.invoice_month) AS invoice_month,
  COALESCE(t.currency, b.currency) AS currency,
  IFNULL(t.lines, 0) AS source_lines,
  IFNULL(b.lines, 0) AS ledger_lines,
  IFNULL(t.cost, 0) AS source_cost,
  IFNULL(b.cost, 0) AS ledger_cost,
  IFNULL(b.cost, 0) - IFNULL(t.cost, 0) AS difference,
  IFNULL(b.credits, 0) - IFNULL(t.credits, 0) AS credits_difference,
  IFNULL(b.split, 0) AS split_difference,
  IFNULL(b.given_back, 0) + CASE WHEN COALESCE(t.source, b.source) = 'hail' THEN IFNULL(b.cost, 0) ELSE 0 END AS given_back_difference,
  IFNULL(t.float_cost, 0) AS source_float
FROM told AS t
FULL OUTER JOIN booked AS b
  ON b.source = t.source AND b.invoice_month = t.invoice_month AND b.currency = t.currency
ORDER BY source, invoice_month, currency
