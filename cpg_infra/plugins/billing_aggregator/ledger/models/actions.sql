-- What differs from the ledger.
SELECT f.id, CASE WHEN e.id IS NULL THEN 'insert' ELSE 'update' END AS action
FROM (SELECT id, content_hash FROM charges UNION ALL SELECT id, content_hash FROM others) AS f
LEFT JOIN existing AS e ON e.id = f.id
WHERE e.id IS NULL OR e.content_hash <> f.content_hash
UNION ALL
SELECT e.id, 'delete' AS action
FROM existing AS e
LEFT JOIN (SELECT id FROM charges UNION ALL SELECT id FROM others) AS f ON f.id = e.id
WHERE f.id IS NULL
