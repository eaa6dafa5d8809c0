"""Today's extractor over archived captures: a report first, then, if asked for, its readings promoted."""
