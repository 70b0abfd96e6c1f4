"""What a customer could pick instead, written as each one's own documentation shows.

All do the same work in the database: a push is stored once and kept as it came, its
person is met or met again, and its channel's day counts it, in one transaction. They
run in an environment of their own.
"""
