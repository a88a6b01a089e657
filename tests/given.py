"""given(facts).when(fact).then(...): what a hand is told, decided by the office against a record in memory."""

from collections import defaultdict
from uuid import UUID

from domain.base import Refused
from domain.goods.codes import subject_of_code
from services.office import VIEWS, Asked, Report, initial


class RecordInMemory:
    """States and links of one compound, as the committer would hand them to a decision."""

    def __init__(self, facts=()):
        self.states = {}
        self.worked_out = {}
        self.links = defaultdict(list)
        self.seen: set[UUID] = set()
        for fact in facts:
            self.add(fact)

    def add(self, *facts):
        for fact in facts:
            subject = fact.stream
            self.states[subject] = (self.states.get(subject) or initial(subject)).evolve(fact)
            for source, related in fact.links():
                if related not in self.links[source]:
                    self.links[source].append(related)

    def state(self, subject):
        return self.states.get(subject)

    def related(self, subject):
        return tuple(sorted(self.links.get(subject, ())))


class ReadPast:
    """The record as a reading looks at it."""

    def __init__(self, record):
        self.record = record

    def trail(self, subject):
        return getattr(self.record.state(subject), "facts", ())

    def related(self, subject):
        return self.record.related(subject)

    def printed(self, run):
        return self.record.state(run).labels

    def may_have_ordered(self, group_buy, household):
        state = self.record.state(f"group-buy-{group_buy}")
        return state is None or state.may_have_ordered(household)

    def read(self, reader, subject):
        return reader(self, subject)


class Then:
    def __init__(self, facts, refusal):
        self.facts = facts
        self.refusal = refusal

    def then(self, *expected):
        assert self.refusal is None, self.refusal
        assert list(self.facts) == list(expected)

    def then_doubts(self, *rules):
        assert self.refusal is None, self.refusal
        assert {rule for fact in self.facts for rule in fact.doubts} == set(rules)

    def then_refused(self, rule):
        assert self.refusal is not None, f"not refused, but {self.facts}"
        assert self.refusal.rule == rule


class Given:
    def __init__(self, facts):
        self.record = RecordInMemory(facts)

    def when(self, asked):
        ask = Asked(asked) if hasattr(asked, "decide") else Report(asked)
        try:
            return Then(ask.decide(self.record), None)
        except Refused as refusal:
            return Then((), refusal)


def given(*facts):
    return Given(facts)


def reading(code, facts):
    """What the goods behind a code look like, given all these facts in this order of arrival."""
    subject = subject_of_code(code)
    return VIEWS[subject.partition("-")[0]](ReadPast(RecordInMemory(facts)), subject)
