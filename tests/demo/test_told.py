"""What the demo prints at its end is for whoever typed the command, in the trade's words."""

from suqiu.demo.run import tell


def test_the_rates_are_told_by_their_names() -> None:
    said: list[str] = []
    rates = {
        "timely": {"value": 0.763, "denominator": 186},
        "solved": {"value": None, "denominator": 0},
    }
    facts = {"orders": 2, "closed": 1, "journal": {"rows": 9, "verified": 9}, "rates": rates}
    tell(facts, said.append)
    assert "  及时率 76.3 %  (n=186)" in said and "  实际解决率 —  (n=0)" in said
