"""Measurements against the bars, as ratios taken side by side in one run: ``make bench``.

A measurement is a module ``bench_<name>.py`` with a function ``measure(report)``. It is run in a
process of its own, once for each of its ``DATABASES`` (default: PostgreSQL with durable settings,
then SQLite), on an empty migrated database, with the portal's own settings. It calls
``report.bar(what, figure, at_most=…)`` (or ``at_least=…``) for a bar and ``report.note(what, figure)``
for what merely helps to read it.
"""
