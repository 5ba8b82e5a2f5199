-- The credits of each share, in the order of the line.
SELECT
  c.line_id,
  w.topic,
  SUM(APPORTIONED(c.units, w.weight, w.total, p.part)) AS credit_units,
  ARRAY_AGG(STRUCT(
    c.name AS name,
    UNSCALED(APPORTIONED(c.units, w.weight, w.total, p.part), 9) AS amount,
    c.full_name AS full_name, c.id AS id, c.type AS type
  ) ORDER BY c.place) AS credits
FROM shared_credits AS c
JOIN weights AS w ON w.map_no = c.map_no
LEFT JOIN portions AS p ON p.map_no = c.map_no AND p.topic = w.topic AND p.residue = MOD(ABS(c.units), w.total)
GROUP BY c.line_id, w.topic
