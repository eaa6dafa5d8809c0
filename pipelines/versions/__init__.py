"""What changed in an article: comparison, noise, identity, removal. Pure functions over states and rows."""
