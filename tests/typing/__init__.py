"""What a user's own type checker sees of the hub's public names."""
