"""The rules, and the one pipeline that runs them."""
