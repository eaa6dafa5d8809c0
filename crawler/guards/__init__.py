"""Downloader middlewares that decide whether, and when, a request may go out."""
