"""Writing segments again: what a purge and an expiry leave of them lies in new ones, byte for byte."""
