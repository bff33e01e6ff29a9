"""The world in SQLite: repositories by resource, migrations, bulk fill."""
