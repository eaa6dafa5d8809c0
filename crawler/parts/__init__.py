"""One run in several processes, here or on many machines: how it is divided, claimed and put together."""
