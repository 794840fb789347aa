"""Accounts, sessions and who may do what."""

from services.auth.setup import setup_code

__all__ = ["setup_code"]
