"""The database: engine, tables, migrations. Knows rows, not rules; nothing outside `vms` imports it."""
