"""Measuring: each bench builds what it measures in a database of its own, tells ratios against a
baseline of the same run beside every figure, and asserts nothing. `suqiu bench NAME --json FILE`."""
