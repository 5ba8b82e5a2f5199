-- Cost of each job, of the days that changed. The credits on Hail's own topic are the other half and no cost of a job.
SELECT
  DATE(l.usage_end_time) AS day,
  l.topic,
  c.batch_id,
  c.job_id,
  MIN(c.batch_name) AS batch_name,
  MIN(c.job_name) AS job_name,
  MIN(c.ar_guid) AS ar_guid,
  MIN(c.stage) AS stage,
  MIN(COALESCE(c.sequencing_group, c.sequencing_groups)) AS sequencing_group,
  l.invoice.month AS invoice_month,
  l.currency,
  MIN(l.usage_start_time) AS usage_start_time,
  MAX(l.usage_end_time) AS usage_end_time,
  CAST(SUM(l.cost_exact) AS FLOAT64) AS cost,
  SUM(l.cost_exact) AS cost_exact
FROM ledger AS l
JOIN label_columns AS c ON c.labels = l.labels
WHERE l.usage_end_time >= @first AND l.usage_end_time < @until AND l.run_id IS NOT NULL AND l.source = 'hail'
  AND l.entry <> 'credit'
  AND DATE(l.usage_end_time) IN (SELECT day FROM refreshed_days)
GROUP BY DATE(l.usage_end_time), l.topic, c.batch_id, c.job_id, l.invoice.month, l.currency
