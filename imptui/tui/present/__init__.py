"""Model to text: what things look like, without any widget."""
