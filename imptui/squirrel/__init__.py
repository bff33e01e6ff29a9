"""The platform's language: reading, colouring, checking and running Squirrel."""
