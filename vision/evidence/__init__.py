"""Sealed evidence: clips, packages, their signature and their verifier."""
