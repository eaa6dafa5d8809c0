"""What an article says beside headline, text, byline, dates and pictures: one file a field."""
