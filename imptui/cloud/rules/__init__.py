"""What holds in impCloud: plain functions over a `World`. No SQL, no HTTP, no clock of their own."""
