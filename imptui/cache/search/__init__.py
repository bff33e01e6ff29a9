"""From a query to device rows: conditions in SQL, cheap sources, selectivity, and snapshots of orders."""
