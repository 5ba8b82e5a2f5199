-- The rate of each invoice month and currency that the export was converted with: the one that most rows have.
SELECT month, 'USD' AS from_currency, to_currency, rate, 'gcp' AS source
FROM (
  SELECT
    invoice.month AS month,
    currency AS to_currency,
    currency_conversion_rate AS rate,
    ROW_NUMBER() OVER (PARTITION BY invoice.month, currency ORDER BY COUNT(*) DESC, currency_conversion_rate) AS place
  FROM raw_gcp
  WHERE currency_conversion_rate > 0 AND invoice.month IS NOT NULL AND currency IS NOT NULL
  GROUP BY invoice.month, currency, currency_conversion_rate
)
WHERE place = 1 AND to_currency <> 'USD'
