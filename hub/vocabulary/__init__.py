"""The words of the field: feeds, items, bodies, articles, codes, days. No I/O."""
