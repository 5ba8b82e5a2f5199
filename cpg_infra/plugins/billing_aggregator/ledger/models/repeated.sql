-- Lines that look alike in every column that counts; true charges all of them.
SELECT line_id FROM lines GROUP BY line_id HAVING COUNT(*) > 1
