"""Rules about the body, which becomes the prompt."""
