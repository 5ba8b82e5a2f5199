"""Where costs come from, one file per source. A source reads; what it read is booked by `loading`."""
