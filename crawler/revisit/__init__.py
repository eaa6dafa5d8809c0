"""When known pages and feeds are looked at again: learned rates, expected gain, a budget (pure)."""
