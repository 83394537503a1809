"""Visits to the grass roots and the site (两走: 走基层、走现场).

A route is proposed from hot spots and from the streets that nobody has been to for longest; it becomes
a plan with people, a day and stops; at each stop it is written down what was seen, whom one met (by
office, never by name) and what was promised. A problem that is found is an order from then on, in its
finder's hand: none of those who were there ever verifies it.
"""
