"""A local Apache Kafka for demo and tests."""
