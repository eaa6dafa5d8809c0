"""When each source is crawled: slots of its cron in its zone, and what runs them."""
