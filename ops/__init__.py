"""What runs beside the hub on a machine of one's own."""
