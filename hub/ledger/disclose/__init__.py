"""What a resident is told: every provision of his or her information, each provable (ADR 0022)."""
