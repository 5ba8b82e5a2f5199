"""The Pulumi provider for Google groups, Hail Batch, metamist and blobs on Azure: a program of its own, started by Pulumi."""
