"""`/api/v1`: the views of `archive.views` as JSON, feeds and tables, described by an OpenAPI document."""
