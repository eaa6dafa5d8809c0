"""Site memory: what a source's own pages have taught about reading the next one."""
