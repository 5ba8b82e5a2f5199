-- Each set of labels once: there are far fewer sets than postings.
SELECT
  c.columns.ar_guid,
  c.columns.dataset,
  c.columns.batch_id,
  c.columns.job_id,
  c.columns.batch_name,
  c.columns.job_name,
  c.columns.batch_resource,
  c.columns.stage,
  c.columns.sequencing_type,
  c.columns.sequencing_group,
  c.columns.sequencing_groups,
  c.columns.cohorts,
  c.columns.compute_category,
  c.columns.cromwell_sub_workflow_name,
  c.columns.cromwell_workflow_id,
  c.columns.goog_pipelines_worker,
  c.columns.wdl_task_name,
  c.columns.namespace,
  c.labels
FROM (
  SELECT labels, LABEL_COLUMNS(labels) AS columns
  FROM (
    SELECT DISTINCT labels FROM ledger
    WHERE usage_end_time >= @first AND usage_end_time < @until AND DATE(usage_end_time) IN (SELECT day FROM refreshed_days)
  )
) AS c
