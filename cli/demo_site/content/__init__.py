"""The texts of the three sites, one YAML file a site, and what reads them."""
