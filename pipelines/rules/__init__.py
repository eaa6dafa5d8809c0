"""A source's own word on its pages: rules, which have the last word over everything learned."""
