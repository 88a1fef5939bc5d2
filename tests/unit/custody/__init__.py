"""The custody room by itself."""
