"""The `dateline` command, one file per group of commands."""
