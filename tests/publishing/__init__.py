"""What is published: the documentation as a site, and the packages. These tests need the tools that build both."""
