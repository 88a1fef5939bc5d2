"""Programs on Faust and aiokafka, which the project does not depend on: see ``environments``."""
