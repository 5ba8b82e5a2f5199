"""The billing aggregator: what every dataset costs, to the last unit.

The infrastructure is in the plan; the program (`ledger`, `sources`) needs the extra `billing`, so nothing of it is
imported from here.
"""
