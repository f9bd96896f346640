"""What can be typed: a command NAME lives in NAME.py, or in the package NAME if it takes several files."""
