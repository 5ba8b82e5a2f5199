-- The Google export as lines. `line_id` counts from 0 here; `renumbered` gives repeated lines their own numbers.
-- The fingerprint names its columns: a column that the export gains changes no id. They are what the export tells lines
-- apart by, and what is charged; names, descriptions and whatever else follows from an id say nothing more.
-- Two lines whose fingerprints are alike are numbered, and both are booked.
WITH placed AS (
  -- What is known of a project, in one join: rows are wide, and each join carries them along.
  SELECT COALESCE(a.project_id, s.match) AS project_id, a.topic, s.method, s.from_day, s.fallback_map_no
  FROM attributed AS a
  FULL OUTER JOIN (SELECT * FROM shared WHERE source = 'gcp') AS s ON s.match = a.project_id
),
labelled AS (
  -- Made once: for the fingerprint, and for the columns.
  SELECT *, LABELS_JSON(labels) AS labels_json, LABELS_JSON(system_labels) AS system_labels_json FROM raw_gcp
),
printed AS (
  SELECT
    r.*,
    -- Here and not below: BigQuery joins on no subquery, which this is.
    LABEL_IN(r.labels, 'dataset') AS named_dataset,
    SHORT_FINGERPRINT(JOINED(
      r.billing_account_id, r.service.id, r.sku.id,
      UNIX_MICROS(r.usage_start_time), UNIX_MICROS(r.usage_end_time), UNIX_MICROS(r.export_time),
      r.project.id, r.labels_json, r.system_labels_json, r.location.location, r.location.zone,
      FLOAT_TEXT(r.cost), r.currency, FLOAT_TEXT(r.usage.amount), CREDITS_TEXT(r.credits), r.invoice.month,
      r.cost_type, r.adjustment_info.id, r.adjustment_info.mode, r.adjustment_info.type
    )) AS print
  FROM labelled AS r
)
SELECT
  CONCAT('gcp-', CAST(r.arrival AS STRING), '-', r.print, '-0') AS line_id,
  'gcp' AS source,
  CAST(r.arrival AS STRING) AS scope,
  'gcp' AS cloud,
  COALESCE(p.topic, r.project.id, @default_topic) AS topic,
  CASE
    WHEN p.method IS NULL THEN CASE WHEN p.topic IS NOT NULL THEN 'project' WHEN r.project.id IS NOT NULL THEN 'project-id' ELSE 'default' END
    WHEN n.map_no IS NOT NULL THEN 'shared-label'
    WHEN r.named_dataset IS NOT NULL THEN 'shared-unknown'
    WHEN DATE(r.usage_end_time) < p.from_day THEN 'shared-before'
    WHEN m.map_no IS NULL THEN 'shared-no-map'
    ELSE CONCAT('shared-', p.method)
  END AS rule,
  CASE WHEN p.method IS NOT NULL AND ABS(r.cost) < 9000000000 AND r.currency IS NOT NULL THEN
    CASE
      WHEN n.map_no IS NOT NULL THEN n.map_no
      WHEN r.named_dataset IS NOT NULL OR DATE(r.usage_end_time) < p.from_day OR m.map_no IS NULL THEN p.fallback_map_no
      ELSE m.map_no
    END
  END AS map_no,
  CAST(NULL AS STRING) AS against,
  r.service, r.sku, r.usage_start_time, COALESCE(r.usage_end_time, CAST(r.arrival AS TIMESTAMP)) AS usage_end_time,
  r.project,
  r.labels_json AS labels, r.system_labels_json AS system_labels,
  r.location, COALESCE(r.export_time, CAST(r.arrival AS TIMESTAMP)) AS export_time, r.cost, r.currency, r.currency_conversion_rate, r.usage, r.credits,
  STRUCT(COALESCE(r.invoice.month, INVOICE_MONTH(COALESCE(r.usage_end_time, CAST(r.arrival AS TIMESTAMP)))) AS month) AS invoice,
  r.cost_type, r.adjustment_info,
  CASE WHEN ABS(r.cost) < 9000000000 THEN CAST(r.cost AS NUMERIC) END AS cost_exact,
  CREDITS_TOTAL(r.credits) AS credits_exact,
  FALSE AS rate_provisional,
  CASE
    WHEN r.cost IS NULL OR NOT ABS(r.cost) < 9000000000 THEN 'unreadable-amount'
    WHEN r.currency IS NULL THEN 'incomplete'
    WHEN p.method IS NULL OR n.map_no IS NOT NULL THEN NULL
    WHEN r.named_dataset IS NOT NULL THEN 'unknown-dataset'
    WHEN DATE(r.usage_end_time) >= p.from_day AND m.map_no IS NULL THEN 'no-map'
  END AS fault,
  -- The id has it already.
  '' AS line_hash
FROM printed AS r
LEFT JOIN placed AS p ON p.project_id = r.project.id
LEFT JOIN named AS n ON n.name = CASE WHEN p.method IS NOT NULL THEN r.named_dataset END
LEFT JOIN maps AS m ON m.method = p.method AND DATE(r.usage_end_time) >= m.from_day AND DATE(r.usage_end_time) < m.until_day
