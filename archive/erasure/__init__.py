"""What leaves the archive, and how: takedowns, purges, expiry, bytes of captures that brought nothing new."""
