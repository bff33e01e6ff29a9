"""Everything that leaves the process for the terminal: drivers, cell diffs, escape sequences, the cached frame, the clipboard."""
