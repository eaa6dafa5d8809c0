"""What a site offers to whoever wants to watch it: found politely, decided by pure functions, explained."""
