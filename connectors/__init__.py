"""Where existing systems join: publishers, subscribers, simulators of the neighbours."""
