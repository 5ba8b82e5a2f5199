"""The engine: turns a plan into registrations with Pulumi. No other layer imports `pulumi`."""
