"""Rules about the values of keys, `model` among them."""
