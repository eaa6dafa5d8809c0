"""The three looks of the demo: one module a newspaper, each with `home`, `section` and `article`."""
