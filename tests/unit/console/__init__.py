"""The parts of the console by themselves."""
