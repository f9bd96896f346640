"""What people type, and what it means: rooms and roles by their names, times, names and addresses of guests."""
