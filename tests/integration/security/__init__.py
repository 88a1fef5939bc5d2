"""A secured Kafka lets nobody do what the rules do not let him do; all on one real broker."""
