"""What an appeal seems to be about, by the words citizens use. Pure: no ORM, no clock.

A keyword counts for more the longer it is, the fewer leaves share it, and double in the title. Its
parts standing in one clause count for less than the whole. A confidence is a ratio 0-1 of our own
making, not a probability: one weak word stays below 0.5, and 0.8 is what a machine may act on.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import rjieba

from suqiu.orders.rules import URGENT_WORDS

_CLAUSE = re.compile(r"[,。!?;:、\s,.!?;:…()()《》“”\"]+")
_LENGTHS = {1: 0.5, 2: 1.0, 3: 1.5, 4: 2.0}
_MOST_READ = 4000
_IN_PARTS = 0.55
_ACROSS_WORDS = 0.5
_TITLE = 2.0
# A grumble or a thank-you stands in appeals about anything: said in passing it decides nothing.
_IN_PASSING = 0.25
_SATURATION = 2.6
_RIVAL = 0.7
# A district names its homes and schools in passing: doors must outweigh the trade by half.
_SURE_OUTSIDE = 0.4


@dataclass(frozen=True)
class Topic:
    """A leaf of the tree or a door outside the trade. `general` ones fit any matter."""

    code: str
    keywords: tuple[str, ...]
    urgency: str = "一般"
    general: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A code, how sure (a ratio 0-1), and the words that speak for it, the weightiest first."""

    code: str
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Sorted:
    """Is the appeal of the trade, and where it fits best; None where no word says so."""

    inside: bool
    category: Suggestion | None
    door: Suggestion | None
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Keyword:
    text: str
    weight: float
    parts: frozenset[str]
    topics: tuple[str, ...]


@dataclass
class _Reading:
    """A text cut once, for all keywords."""

    text: str
    edges: frozenset[int]
    clauses: list[frozenset[str]]
    words: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = frozenset().union(*self.clauses) if self.clauses else frozenset()


class Index:
    """The keywords of leaves and doors, weighed against each other once per process."""

    def __init__(self, leaves: Iterable[Topic], doors: Iterable[Topic]) -> None:
        self.leaves = {t.code: t for t in leaves}
        self.doors = {t.code: t for t in doors}
        self._leaf_words = _weighed(self.leaves.values(), self.leaves.values())
        both = [*self.leaves.values(), *self.doors.values()]
        self._door_words = _weighed(self.doors.values(), both)

    def categories(self, title: str, content: str = "") -> list[Suggestion]:
        """The leaves that fit, the best first."""
        return _ranked(self._scores(self._leaf_words, title, content, self.leaves))

    def door(self, title: str, content: str = "") -> list[Suggestion]:
        """The doors outside the trade that fit, the best first."""
        return _ranked(self._scores(self._door_words, title, content, self.doors))

    def sort(self, title: str, content: str = "") -> Sorted:
        """Ours, or whose? The trade goes before a door of equal weight: sending a citizen away
        wrongly costs more than looking twice."""
        leaves = self._scores(self._leaf_words, title, content, self.leaves)
        doors = self._scores(self._door_words, title, content, self.doors)
        category, door = _first(leaves), _first(doors)
        ours = max(
            (s for code, (s, _) in leaves.items() if not self.leaves[code].general), default=0.0
        )
        theirs = max((s for s, _ in doors.values()), default=0.0)
        share = ours / (ours + theirs) if ours + theirs else _SURE_OUTSIDE
        inside = share >= _SURE_OUTSIDE
        sure = _strength(ours) * share if inside else _strength(theirs) * (1 - share)
        best = category if inside else door
        reasons = tuple(f"“{word}”" for word in (best.words if best else ()))
        return Sorted(inside, category, door, round(sure, 3), reasons)

    def _scores(
        self, keywords: Sequence[_Keyword], title: str, content: str, topics: dict[str, Topic]
    ) -> dict[str, tuple[float, list[str]]]:
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for place, text in ((_TITLE, title), (1.0, content)):
            reading = _read(text)
            for keyword in keywords:
                hit = _hit(keyword, reading)
                for code in keyword.topics if hit else ():
                    passing = _IN_PASSING if topics[code].general and place == 1.0 else 1.0
                    worth = hit * place * passing
                    if worth > found[code].get(keyword.text, 0.0):
                        found[code][keyword.text] = worth
        return {code: _sum(words) for code, words in found.items() if words}


def urgency(text: str, default: str = "一般") -> tuple[str, tuple[str, ...]]:
    """The urgency that the text or else the leaf asks for, and the words that say so."""
    words = tuple(word for word in URGENT_WORDS if word in text)
    return ("紧急", words) if words else (default, ())


def likeness(one: str, other: str) -> float:
    """How alike two texts are: shared pairs of characters (Jaccard), a ratio 0-1."""
    a, b = _pairs(one), _pairs(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def _pairs(text: str) -> set[str]:
    kept = re.sub(r"\W+", "", text)[:_MOST_READ]
    return {kept[i : i + 2] for i in range(len(kept) - 1)}


def _weighed(topics: Iterable[Topic], against: Iterable[Topic]) -> list[_Keyword]:
    """Length times rarity. A word that stands inside many topics' keywords says little."""
    holders: dict[str, list[str]] = defaultdict(list)
    for topic in topics:
        for word in dict.fromkeys(topic.keywords):
            holders[word].append(topic.code)
    all_words = [" ".join(t.keywords) for t in against]
    most = math.log(len(all_words) + 1)
    weighed = []
    for word, codes in holders.items():
        sharing = sum(word in words for words in all_words)
        rarity = 1 - math.log(max(sharing, 1)) / most
        parts = frozenset(p for p in rjieba.cut(word) if p.strip())
        whole = len(parts) < 2 or not any(len(p) > 1 for p in parts)
        weight = _LENGTHS.get(len(word), 2.4) * rarity
        weighed.append(_Keyword(word, weight, frozenset() if whole else parts, tuple(codes)))
    return weighed


def _read(text: str) -> _Reading:
    text = text[:_MOST_READ]
    edges, clauses = {0, len(text)}, []
    here: set[str] = set()
    for word, start, end in rjieba.tokenize(text, "default", False):
        edges |= {start, end}
        if _CLAUSE.fullmatch(word):
            clauses.append(frozenset(here))
            here = set()
        else:
            here.add(word)
    return _Reading(text, frozenset(edges), [*clauses, frozenset(here)])


def _hit(keyword: _Keyword, reading: _Reading) -> float:
    """The keyword's weight in this text: whole, cutting through other words, or in parts."""
    start = reading.text.find(keyword.text)
    if start >= 0:
        whole = len(keyword.text) > 2 or {start, start + len(keyword.text)} <= reading.edges
        return keyword.weight * (1.0 if whole else _ACROSS_WORDS)
    if (
        keyword.parts
        and keyword.parts <= reading.words
        and any(keyword.parts <= c for c in reading.clauses)
    ):
        return keyword.weight * _IN_PARTS
    return 0.0


def _sum(words: dict[str, float]) -> tuple[float, list[str]]:
    """Each further word adds half of the one before: ten synonyms are not ten reasons."""
    ranked = sorted(words, key=lambda w: -words[w])
    distinct = [w for i, w in enumerate(ranked) if not any(w in other for other in ranked[:i])]
    return sum(words[w] * 0.6**i for i, w in enumerate(distinct)), distinct


def _strength(score: float) -> float:
    return 1 - math.exp(-score / _SATURATION)


def _ranked(scores: dict[str, tuple[float, list[str]]]) -> list[Suggestion]:
    order = sorted(scores, key=lambda code: (-scores[code][0], code))
    found = []
    for code in order:
        score, words = scores[code]
        rival = max((s for other, (s, _) in scores.items() if other != code), default=0.0)
        sure = _strength(score) * score / (score + _RIVAL * rival * rival / (score + rival))
        found.append(Suggestion(code, round(sure, 3), tuple(words)))
    return found


def _first(scores: dict[str, tuple[float, list[str]]]) -> Suggestion | None:
    return next(iter(_ranked(scores)), None)
