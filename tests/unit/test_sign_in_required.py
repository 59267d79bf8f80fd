"""Sign-in required: once there is a user, no partition takes of the pages what no session asks."""

from datetime import timedelta

from events import streams
from events.authority import Authority, RoleGrant
from events.batches import ReleaseBatch
from events.budgets import ProposeAdjustment
from events.control import CommandRefused, CommandSetAside, ResumeStream
from events.envelope import Asked, Position
from events.ids import by_staff
from events.sign_in import SignInRequired
from events.streams import partition_of
from events.users import AddUser, NoteRefusedVisit, UserAdded
from events.values import Command
from services.deciders.stream import Stream
from services.streams import StreamStore
from services.streams.authority import THE_PAGES
from services.streams.in_memory import replayed
from tests.given_when_then import LINE_2022, Scene, kinds, only, policies

PARTITIONS = 3
WANG = streams.user("wang-fang")
ADDS = AddUser(
    user="wang-fang", region="211200", grants=(RoleGrant("finance", ("211200",)),), by="he-jun"
)
ADJUSTS = ProposeAdjustment(document="调-1", by=100, reason="追加", maker="wang-fang")
IN_A_SESSION = Authority("S-1a2b3c4d", ADDS.grants)


class Desk:
    """The stores of all partitions, each with the facts that it has written."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.stores = [StreamStore(policies(), partitions=PARTITIONS) for _ in range(PARTITIONS)]
        self.raw: list[list[bytes]] = [[] for _ in range(PARTITIONS)]
        self._offset = 0

    def sends(self, producer: str, asked: Asked) -> list[object]:
        """Decide a packet's command and what follows from it; the facts of all of it."""
        self._offset += 1
        partition = partition_of(asked.stream, PARTITIONS)
        decision = self.stores[partition].decide(
            asked, Position(partition, self._offset, 0), producer
        )
        self.raw[partition] += decision.raw
        led_to: list[object] = [one.body for one in decision.facts]
        for ask, _ in decision.follow_ups:
            led_to += self.sends("desk", ask)
        return led_to

    def asked(self, stream: str, command: Command, authority: Authority | None = None) -> Asked:
        """Ask as wang-fang."""
        plain = self.scene.asked(stream, command)
        return plain._replace(by=by_staff("wang-fang"), authority=authority)

    def add_a_user(self) -> list[object]:
        """Let an operator add the first user."""
        return self.sends("operator", self.scene.asked(WANG, ADDS)._replace(by=by_staff("he-jun")))


def codes(facts: list[object]) -> list[str]:
    """The codes of refusals; a fact that is none is named."""
    return [one.code if isinstance(one, CommandRefused) else type(one).__name__ for one in facts]


def test_the_first_user_is_taken_up_by_every_partition_once() -> None:
    desk = Desk()
    added, *required = desk.add_a_user()
    assert isinstance(added, UserAdded)
    assert added.partitions == PARTITIONS
    assert [type(one) for one in required] == [SignInRequired] * PARTITIONS
    another = ADDS.model_copy(update={"user": "li-jing"})
    asked = desk.scene.asked(streams.user("li-jing"), another)
    assert codes(desk.sends("operator", asked)) == ["UserAdded"]


def test_until_there_is_a_user_the_switch_of_the_pages_is_believed() -> None:
    desk = Desk()
    assert codes(desk.sends(THE_PAGES, desk.asked(LINE_2022, ADJUSTS))) == ["AdjustmentProposed"]


def test_a_command_of_the_pages_without_a_session_is_refused_in_every_partition() -> None:
    desk = Desk()
    desk.add_a_user()
    lines = [
        streams.fund_line("unemployment_insurance", "211202", year) for year in range(2015, 2031)
    ]
    assert {partition_of(line, PARTITIONS) for line in lines} == set(range(PARTITIONS))
    for line in lines:
        for authority in (None, Authority("", ADDS.grants)):
            unsigned = desk.asked(line, ADJUSTS, authority)
            assert codes(desk.sends(THE_PAGES, unsigned)) == ["NOT_SIGNED_IN"], line
            assert desk.sends(THE_PAGES, unsigned) == [], "it is answered once"
        assert codes(desk.sends(THE_PAGES, desk.asked(line, ADJUSTS, IN_A_SESSION))) == [
            "AdjustmentProposed"
        ]


def test_nobody_leaves_the_session_out_to_be_spared_the_roles_or_the_code() -> None:
    desk = Desk()
    desk.add_a_user()
    release = ReleaseBatch(batch="B2208120001", checker="wang-fang", digest="d", total=1)
    batch = streams.batch("B2208120001")
    assert codes(desk.sends(THE_PAGES, desk.asked(batch, release))) == ["NOT_SIGNED_IN"]
    with_roles = desk.asked(batch, release, IN_A_SESSION)
    assert codes(desk.sends(THE_PAGES, with_roles)) == ["NOT_YOUR_ROLE"]


def test_the_terminal_and_the_machines_go_by_their_own_table() -> None:
    for producer in ("operator", "clerk", "intake", "desk", ""):
        desk = Desk()
        desk.add_a_user()
        asked = desk.asked(LINE_2022, ADJUSTS)
        assert codes(desk.sends(producer, asked)) == ["AdjustmentProposed"], producer


def test_a_partition_that_starts_anew_knows_it_from_its_own_facts() -> None:
    desk = Desk()
    desk.add_a_user()
    home = partition_of(LINE_2022, PARTITIONS)
    again = replayed(desk.raw[home], policies())
    unsigned = desk.asked(LINE_2022, ADJUSTS)
    decided = again.decide(unsigned, Position(home, 9, 0), THE_PAGES)
    assert only(decided.facts, CommandRefused).code == "NOT_SIGNED_IN"


def test_what_a_parked_stream_sets_aside_was_signed() -> None:
    """An operator resumes it in the operator's name, so it may not slip in there."""

    class Stumbling(StreamStore):
        def _answer(self, stream: Stream, asked: Asked) -> list:  # type: ignore[type-arg]
            if isinstance(asked.body, ProposeAdjustment):
                raise ValueError
            return super()._answer(stream, asked)

    store = Stumbling(policies())
    desk, at = Desk(), Position(0, 0, 0)
    added = store.decide(desk.scene.asked(WANG, ADDS), at, "operator")
    for ask, _ in added.follow_ups:
        store.decide(ask, at, "desk")
    signed = store.decide(desk.asked(LINE_2022, ADJUSTS, IN_A_SESSION), at, THE_PAGES)
    assert kinds(signed.facts) == [CommandSetAside.__name__]
    unsigned = store.decide(desk.asked(LINE_2022, ADJUSTS), at, THE_PAGES)
    assert only(unsigned.facts, CommandRefused).code == "NOT_SIGNED_IN"
    resumes = ResumeStream(operator="he-jun", reason="已改正")
    resumed = store.decide(desk.scene.asked(LINE_2022, resumes), at, "operator")
    assert kinds(resumed.facts) == ["StreamResumed"]


def test_what_a_page_refused_is_noted_in_the_session_that_asked_for_it() -> None:
    desk = Desk()
    desk.add_a_user()
    note = NoteRefusedVisit(user="wang-fang", route="/users", code="E-ROLE", session="S-1a2b3c4d")
    asked = desk.asked(WANG, note, IN_A_SESSION)
    assert codes(desk.sends(THE_PAGES, asked)) == ["VisitRefused"]
    later = asked._replace(
        id=desk.asked(WANG, note).id, sent_at=asked.sent_at + timedelta(hours=1), authority=None
    )
    assert codes(desk.sends(THE_PAGES, later)) == ["NOT_SIGNED_IN"]
