"""Rules about `hooks`, down to the fields of a handler."""
