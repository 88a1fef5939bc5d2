"""Whatever comes from outside is read, or refused in words of our own."""
