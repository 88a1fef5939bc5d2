"""The catalogue denies by default and permits exactly what the two articles say."""
