"""What the commands of `cpg-infra billing` share."""
