"""The archive over HTTP: Memento, CDX, raw captures, and replay on an origin of its own."""
