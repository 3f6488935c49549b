"""Signing in, and creating an account."""
