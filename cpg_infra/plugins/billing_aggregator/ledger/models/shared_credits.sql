-- Credits of lines that are split, each by itself.
SELECT
  s.line_id, s.map_no, s.total, place AS place, c.name AS name, c.full_name AS full_name, c.id AS id, c.type AS type,
  UNITS(CAST(c.amount AS NUMERIC)) AS units
FROM shared_lines AS s, UNNEST(s.credits) AS c WITH OFFSET AS place
WHERE c.amount IS NOT NULL
