"""What must vanish and when: states, due days and what to do next. No I/O."""
