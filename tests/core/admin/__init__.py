"""The admin of core, by subject."""
