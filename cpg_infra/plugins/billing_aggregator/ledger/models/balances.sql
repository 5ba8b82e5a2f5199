-- What is booked of each source, against what the source said, per invoice month and currency.
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
