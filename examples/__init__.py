"""Examples of consumers, each with a README and a test."""
