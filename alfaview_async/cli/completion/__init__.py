"""What shells complete: the names of rooms and roles, and the shells that can be taught."""
