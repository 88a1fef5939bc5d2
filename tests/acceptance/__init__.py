"""Scenarios through the hub command alone, as the contract has them."""
