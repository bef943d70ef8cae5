"""Who opens which address: the table, the rows behind it, and what walks the resolver."""
