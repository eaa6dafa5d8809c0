"""Captures made by others, read from WARC and WACZ files and taken through the house; nothing is fetched."""
