"""What carries work out that one process need not do alone: processes here, or actors on many hosts."""
