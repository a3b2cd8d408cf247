"""The questions an editor asks, one module each: a document and an offset in, plain data out."""
