"""What a run leaves behind: one file for each format."""
