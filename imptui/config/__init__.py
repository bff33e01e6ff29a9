"""What the user set, and where it is kept."""
