"""What members do for others: stations, shift rosters, service orders, pairings."""
