"""Rules about keys: misspelt, foreign, unknown, doubled, without effect."""
