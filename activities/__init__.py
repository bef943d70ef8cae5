"""What branches do together: theme days and every other activity kind, attendance, calendar."""
