"""The desk in a hand: a web app at /street/ that works for a day without a network.

`tasks` says what a person has to do out there, `sending` does one thing that he did there, exactly
once; the app itself is static (`static/street`), and its shell holds nobody's data.
"""
