-- Lines of closed months that are booked: they stay as they are.
SELECT DISTINCT line_id FROM existing WHERE invoice_month < @open_from
