"""Tests of the client's own parts, without a broker."""
