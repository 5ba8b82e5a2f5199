-- Ids that the touched partitions hold more than once; there must be none.
SELECT id FROM ledger
WHERE usage_end_time BETWEEN @first_usage AND @last_usage AND export_time BETWEEN @first_export AND @last_export
GROUP BY id HAVING COUNT(*) > 1
LIMIT 5
