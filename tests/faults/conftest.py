"""Which faults belong to which database."""

import os

# PostgreSQL is restarted in one, and SQLite lets one writer in at a time in the other.
_OF_ONE = {"postgres": "test_sqlite.py", "sqlite": "test_postgres.py"}
collect_ignore = [_OF_ONE[os.environ["TEST_DATABASE"]]]
