"""`make demo`: the product on a simulated WeChat, with a month of history.

Run as `python -m wxchannels.demo`; HOST, PORT and RESET=1 may be set. Three processes
start at once: the simulated WeChat, the product under its production server, and the
one that fills it. This package imports nothing of them.
"""
