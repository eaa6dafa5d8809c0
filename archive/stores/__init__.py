"""Object stores: one Protocol, a local folder and S3, opened by address."""
