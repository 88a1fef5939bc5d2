"""The neighbours that are played."""
