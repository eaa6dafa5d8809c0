"""What people look at, as typed values: pages and the JSON API are thin renderings of these."""
