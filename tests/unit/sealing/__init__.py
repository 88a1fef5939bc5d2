"""Tests of the room ``hub/sealing``: named after the attack or the fact."""
