"""The console as a browser and its enemies meet it."""
