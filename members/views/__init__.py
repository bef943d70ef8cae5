"""Pages of the register for secretaries and members."""
