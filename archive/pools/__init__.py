"""Work over many pieces of an archive, and the processes that do it."""
