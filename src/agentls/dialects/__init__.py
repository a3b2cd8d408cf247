"""The facts about each format, one YAML file per dialect in `tables/`, and the types and look-ups for them."""
