"""The pages that people look at: thin renderings of `archive.views`, readable without JavaScript."""
