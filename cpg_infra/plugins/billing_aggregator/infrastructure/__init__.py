"""The infrastructure of the billing aggregator: functions, schedules, tables, alerts, and who may do what."""
