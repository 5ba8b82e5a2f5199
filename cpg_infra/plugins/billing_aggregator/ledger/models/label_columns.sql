-- Each set of labels once: there are far fewer sets than postings.
SELECT
  COALESCE(LABEL_OF(labels, 'ar_guid'), LABEL_OF(labels, 'ar-guid')) AS ar_guid,
  LABEL_OF(labels, 'dataset') AS dataset,
  COALESCE(LABEL_OF(labels, 'batch_id'), LABEL_OF(labels, 'batch-id')) AS batch_id,
  COALESCE(LABEL_OF(labels, 'job_id'), LABEL_OF(labels, 'job-id')) AS job_id,
  COALESCE(LABEL_OF(labels, 'batch_name'), LABEL_OF(labels, 'batch-name')) AS batch_name,
  COALESCE(LABEL_OF(labels, 'job_name'), LABEL_OF(labels, 'job-name')) AS job_name,
  COALESCE(LABEL_OF(labels, 'batch_resource'), LABEL_OF(labels, 'batch-resource')) AS batch_resource,
  LABEL_OF(labels, 'stage') AS stage,
  COALESCE(LABEL_OF(labels, 'sequencing_type'), LABEL_OF(labels, 'sequencing-type')) AS sequencing_type,
  COALESCE(LABEL_OF(labels, 'sequencing_group'), LABEL_OF(labels, 'sequencing-group')) AS sequencing_group,
  COALESCE(LABEL_OF(labels, 'sequencing_groups'), LABEL_OF(labels, 'sequencing-groups')) AS sequencing_groups,
  LABEL_OF(labels, 'cohorts') AS cohorts,
  COALESCE(LABEL_OF(labels, 'compute_category'), LABEL_OF(labels, 'compute-category')) AS compute_category,
  COALESCE(LABEL_OF(labels, 'cromwell_sub_workflow_name'), LABEL_OF(labels, 'cromwell-sub-workflow-name')) AS cromwell_sub_workflow_name,
  COALESCE(LABEL_OF(labels, 'cromwell_workflow_id'), LABEL_OF(labels, 'cromwell-workflow-id')) AS cromwell_workflow_id,
  COALESCE(LABEL_OF(labels, 'goog_pipelines_worker'), LABEL_OF(labels, 'goog-pipelines-worker')) AS goog_pipelines_worker,
  COALESCE(LABEL_OF(labels, 'wdl_task_name'), LABEL_OF(labels, 'wdl-task-name')) AS wdl_task_name,
  LABEL_OF(labels, 'namespace') AS namespace,
  labels
FROM (
  SELECT DISTINCT labels FROM ledger
  WHERE usage_end_time >= @first AND usage_end_time < @until AND DATE(usage_end_time) IN (SELECT day FROM refreshed_days)
)
