-- Lines that are split, their measures as whole numbers.
SELECT
  l.*,
  UNITS(l.cost_exact) AS cost_units,
  DIGITS(l.usage.amount) AS usage_digits,
  IFNULL(SCALED(l.usage.amount, DIGITS(l.usage.amount)), 0) AS usage_units,
  DIGITS(l.usage.amount_in_pricing_units) AS pricing_digits,
  IFNULL(SCALED(l.usage.amount_in_pricing_units, DIGITS(l.usage.amount_in_pricing_units)), 0) AS pricing_units,
  m.version AS map_version,
  m.total AS total
FROM lines AS l
JOIN maps AS m ON m.map_no = l.map_no
WHERE l.cost_exact IS NOT NULL
