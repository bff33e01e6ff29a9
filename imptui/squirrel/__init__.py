"""The platform's language: reading, colouring, checking, comparing and running Squirrel."""
