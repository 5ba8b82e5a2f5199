-- Lines that could not be booked as they should.
SELECT
  l.line_id, l.source, l.scope, l.fault AS reason,
  CASE l.fault
    WHEN 'unreadable-amount' THEN 'the amount is missing, no number, or too large; nothing is booked'
    WHEN 'incomplete' THEN 'the currency is missing; booked to unallocated'
    WHEN 'no-rate' THEN CONCAT('no rate for ', IFNULL(l.currency, '?'), ' in ', IFNULL(l.invoice.month, '?'), ' or three months before; booked to unallocated')
    WHEN 'unknown-dataset' THEN 'it names a dataset that is not configured; booked to the fall-back topic'
    WHEN 'no-map' THEN 'there are no proportions for its day; booked to the fall-back topic'
    ELSE 'the source’s line is invalid; booked to unallocated'
  END AS explanation,
  l.cost_exact, l.currency,
  SUBSTR(TO_JSON_STRING(STRUCT(l.project AS project, l.service AS service, l.sku AS sku, l.labels AS labels, l.cost AS cost, l.usage AS usage)), 1, 4096) AS line,
  @run_id AS run_id, @now AS noted_at
FROM lines AS l
WHERE l.fault IS NOT NULL
