"""The Pulumi provider for Google groups, Hail Batch and metamist: a program of its own, started by Pulumi."""
