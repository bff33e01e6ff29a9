"""Terminal output: the driver, the cell diff, and when the first frame is painted."""
