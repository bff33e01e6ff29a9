"""One module per kind of thing that the cache stores: reading and writing its rows."""
