-- What each source said, per invoice month and currency, of the `sayings` that are looked at.
SELECT source, invoice_month, currency, SUM(lines) AS lines, SUM(cost) AS cost, SUM(credits) AS credits,
  SUM(float_cost) AS float_cost, SUM(unreadable) AS unreadable
FROM sayings
GROUP BY source, invoice_month, currency
