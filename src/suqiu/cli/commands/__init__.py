"""One module for each command of `suqiu`; each is thin."""
