"""What is written to stdout, how it is coloured, and how people are asked."""
