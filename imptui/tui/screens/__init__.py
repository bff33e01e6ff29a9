"""What is shown at a time."""
