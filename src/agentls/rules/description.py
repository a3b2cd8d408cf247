"""Rules about `name` and `description` as texts."""
