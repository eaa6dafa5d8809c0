"""The catalog made again from the bucket alone."""
