-- Cost by day and labels, of the days that changed.
WITH summed AS (
  SELECT
    DATE(l.usage_end_time) AS day,
    l.project.id AS gcp_project,
    l.topic,
    l.service.description AS cost_category,
    l.sku.description AS sku,
    l.invoice.month AS invoice_month,
    l.currency,
    l.labels,
    l.source,
    l.cost_type,
    SUM(l.cost_exact) AS cost_exact,
    SUM(l.credits_exact) AS credits_exact
  FROM ledger AS l
  WHERE l.usage_end_time >= @first AND l.usage_end_time < @until AND l.run_id IS NOT NULL
    AND DATE(l.usage_end_time) IN (SELECT day FROM refreshed_days)
  GROUP BY DATE(l.usage_end_time), l.project.id, l.topic, l.service.description, l.sku.description, l.invoice.month, l.currency, l.labels, l.source, l.cost_type
)
SELECT
  s.day, s.gcp_project, s.topic, s.cost_category, s.sku, s.invoice_month, s.currency,
  c.ar_guid,
  c.dataset,
  c.batch_id,
  c.job_id,
  c.batch_name,
  c.job_name,
  c.batch_resource,
  c.stage,
  c.sequencing_type,
  c.sequencing_group,
  c.sequencing_groups,
  c.cohorts,
  c.compute_category,
  c.cromwell_sub_workflow_name,
  c.cromwell_workflow_id,
  c.goog_pipelines_worker,
  c.wdl_task_name,
  c.namespace,
  s.labels,
  CAST(s.cost_exact AS FLOAT64) AS cost,
  s.source,
  s.cost_type,
  s.cost_exact,
  s.credits_exact,
  s.cost_exact + s.credits_exact AS net_exact
FROM summed AS s
LEFT JOIN label_columns AS c ON c.labels = s.labels
