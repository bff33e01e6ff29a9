"""impCentral over httpx. Importing this room dials nothing and does not import httpx: the first call does."""
