"""A server that speaks fal's protocol and draws its own pictures: development, tests and demos without a key.

It imports nothing else of the product, and the product reaches it over HTTP only.
"""
