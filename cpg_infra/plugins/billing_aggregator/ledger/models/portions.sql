-- Largest remainder. A share of U units is weight × (U div total) plus a part of the residue U mod total, so parts are
-- worked out once per map and residue: the whole parts first, then one unit each to the largest remainders, by name
-- where they are equal.
WITH residues AS (
  SELECT map_no, MOD(ABS(cost_units), total) AS residue FROM shared_lines
  UNION DISTINCT
  SELECT map_no, MOD(ABS(usage_units), total) AS residue FROM shared_lines
  UNION DISTINCT
  SELECT map_no, MOD(ABS(pricing_units), total) AS residue FROM shared_lines
  UNION DISTINCT
  SELECT map_no, MOD(ABS(units), total) AS residue FROM shared_credits
),
parts AS (
  SELECT
    r.map_no, r.residue, w.topic,
    DIV(r.residue * w.weight, w.total) AS part,
    MOD(r.residue * w.weight, w.total) AS remainder
  FROM residues AS r
  JOIN weights AS w ON w.map_no = r.map_no
  WHERE r.residue > 0
),
ranked AS (
  SELECT
    map_no, residue, topic, part,
    residue - SUM(part) OVER (PARTITION BY map_no, residue) AS missing,
    ROW_NUMBER() OVER (PARTITION BY map_no, residue ORDER BY remainder DESC, topic) AS place
  FROM parts
)
SELECT map_no, residue, topic, part + CASE WHEN place <= missing THEN 1 ELSE 0 END AS part
FROM ranked
WHERE part > 0 OR place <= missing
