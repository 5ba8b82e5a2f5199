-- What was booked with the rate of an earlier month, or not converted at all, and has a rate of its own month now.
SELECT DISTINCT l.scope
FROM source_lines AS l
JOIN rates AS r
  ON r.month = COALESCE(l.month, INVOICE_MONTH(l.usage_end_time)) AND r.from_currency = l.amount_currency AND r.to_currency = @currency
JOIN ledger AS p ON p.line_id = l.line_id
WHERE l.source = @source AND NOT l.gone AND p.source = @source AND p.entry IN ('charge', 'reject')
  AND l.amount_currency <> @currency
  AND (p.rate_provisional OR p.currency_conversion_rate IS NULL OR p.currency_conversion_rate <> r.rate)
