-- One share per line and topic; a share of nothing is none.
SELECT * FROM (
  SELECT
    s.line_id,
    w.topic,
    APPORTIONED(s.cost_units, w.weight, w.total, pc.part) AS cost_units,
    APPORTIONED(s.usage_units, w.weight, w.total, pu.part) AS usage_units,
    APPORTIONED(s.pricing_units, w.weight, w.total, pp.part) AS pricing_units,
    IFNULL(c.credit_units, 0) AS credit_units,
    c.credits
  FROM shared_lines AS s
  JOIN weights AS w ON w.map_no = s.map_no
  LEFT JOIN portions AS pc ON pc.map_no = s.map_no AND pc.topic = w.topic AND pc.residue = MOD(ABS(s.cost_units), w.total)
  LEFT JOIN portions AS pu ON pu.map_no = s.map_no AND pu.topic = w.topic AND pu.residue = MOD(ABS(s.usage_units), w.total)
  LEFT JOIN portions AS pp ON pp.map_no = s.map_no AND pp.topic = w.topic AND pp.residue = MOD(ABS(s.pricing_units), w.total)
  LEFT JOIN split_credits AS c ON c.line_id = s.line_id AND c.topic = w.topic
)
WHERE cost_units <> 0 OR usage_units <> 0 OR pricing_units <> 0 OR credits IS NOT NULL
