"""The operators' web pages: everything but people.

`hub run --role console` serves them. Who may open which page is a table, ``access.toml``; who a
person is, a passkey says. No page holds personal data: all that is shown comes from what the hub
keeps without any (views, ledger lines, custody's steps, rules, keys' names).
"""
