"""Who may receive which items, for which task, under which article, from which day."""
