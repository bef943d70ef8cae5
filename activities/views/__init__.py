"""Pages of secretaries and members, one file per noun."""
