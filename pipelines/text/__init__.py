"""The text of an article: blocks of a page, and which of them are the article's."""
