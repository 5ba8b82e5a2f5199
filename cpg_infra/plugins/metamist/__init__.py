"""Loading of metadata: what receives it, what reads it, and who hears about failures."""
