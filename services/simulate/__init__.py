"""A compound under lockdown that never was: its doors, its group buys and what hands scan all day, by seed."""
