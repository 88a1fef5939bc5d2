"""Unit tests of the bus room."""
