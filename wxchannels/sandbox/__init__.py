"""A simulated WeChat: its API, the pushes it sends, the people who scan, a phone page.

A Flask application of its own, in its own process, that knows WeChat's protocol and
nothing of the product. Only the command line, the demo and tests start it.
"""
