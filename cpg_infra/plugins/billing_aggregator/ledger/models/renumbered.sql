-- The n-th of lines that look alike is the same each time: it does not matter which of them it is.
SELECT
  CONCAT(SUBSTR(l.line_id, 1, LENGTH(l.line_id) - 1), CAST(ROW_NUMBER() OVER (PARTITION BY l.line_id ORDER BY l.line_hash) - 1 AS STRING)) AS numbered_id,
  l.*
FROM lines AS l
JOIN repeated AS r ON r.line_id = l.line_id
