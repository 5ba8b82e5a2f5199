"""What more than one plugin makes on Google Cloud."""
