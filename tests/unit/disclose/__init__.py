"""Tests of the provision report of one resident."""
