"""Every write of activities, one file per noun."""
