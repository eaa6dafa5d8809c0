"""What to watch and how to run: settings, sources, their loading and their error messages."""
