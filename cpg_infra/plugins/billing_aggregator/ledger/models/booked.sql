-- What is booked of each source, per invoice month and currency, of the `postings` that are looked at.
SELECT
  source, IFNULL(invoice.month, '') AS invoice_month, IFNULL(currency, '') AS currency,
  COUNTIF(entry IN ('charge', 'reject')) AS lines,
  SUM(CASE WHEN entry = 'credit' THEN 0 ELSE cost_exact END) AS cost,
  SUM(CASE WHEN entry = 'credit' THEN 0 ELSE credits_exact END) AS credits,
  SUM(CASE WHEN entry = 'credit' THEN cost_exact ELSE 0 END) AS given_back,
  SUM(CASE WHEN entry IN ('split', 'reversal') THEN cost_exact ELSE 0 END) AS split
FROM postings
GROUP BY source, invoice.month, currency
