"""The HTTPS gateway: submit, fetch, acknowledge and ask, for parties that do not speak to the bus.

Who calls is what its certificate says and nothing else; what it may do is what the rules say.
"""
