"""Monitoring (全程监控): every conduct and supervised order, and every order of an open case, against
its milestones: what is done, what is missing, which clock runs out next, who moves next. No tables:
all of it is read from the orders, their clocks and the journal.
"""
