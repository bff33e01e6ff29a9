"""Pages of the service to rows: device pages, derived tallies and trigrams, row numbers, and the progress of passes."""
