"""The index: where in the ledger's files a record stands, found by resident, rule, party or day.

A projection of the files (ADR 0021): it may be dropped at any time and gives the same answers when
it is built anew.
"""
