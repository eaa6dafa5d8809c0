"""Which of a page's links lead to stories (pure; no site is named here)."""
