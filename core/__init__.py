"""What every room stands on: users, protection, audit, kinds, parameters, runs, spreadsheets."""
