"""Input from people, one file per page."""
