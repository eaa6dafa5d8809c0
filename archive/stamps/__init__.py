"""Time stamps: that the journal stood where it stands at a time, said by somebody else (RFC 3161)."""
