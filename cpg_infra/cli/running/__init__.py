"""What the commands that run the engine share: options, preparation, progress, and the report."""
