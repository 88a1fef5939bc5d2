"""The words of the field hold: check digits, days, characters, records, bodies."""
