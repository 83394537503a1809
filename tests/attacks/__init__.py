"""Attacks on permissions and on privacy, each made with real requests and each refused."""
