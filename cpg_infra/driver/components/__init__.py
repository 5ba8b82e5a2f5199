"""The components a dataset is made of, one file each."""
