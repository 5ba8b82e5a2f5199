-- Lines of a month whose reversal and shares do not cancel; there must be none.
SELECT source, currency, COUNT(*) AS lines
FROM (
  SELECT source, IFNULL(currency, '') AS currency, line_id
  FROM ledger
  WHERE invoice.month = @month AND entry IN ('split', 'reversal')
  GROUP BY source, currency, line_id
  HAVING SUM(cost_exact) <> 0 OR SUM(credits_exact) <> 0
)
GROUP BY source, currency
