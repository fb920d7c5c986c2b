"""Souk's local stack: build, start, deploy, load, test and stop it. Run as ``python -m souk_local``."""
