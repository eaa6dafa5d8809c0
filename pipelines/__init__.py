"""Turns a capture into an article, its images, its duplicates and its version; no framework in sight."""
