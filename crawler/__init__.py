"""Gets pages: discovery, what is due, the spider, the guards, one run, the schedule."""
