"""Employers' batches: opened, answered line by line, decided once, closed when nothing waits."""

from events import streams
from events.applications import DecideApplication
from events.approvals import ApprovalGranted, ApprovalRevoked, ReviewApplication
from events.submissions import (
    DIGEST_LENGTH,
    AcceptedLine,
    OpenSubmission,
    RefusedLine,
    ReportLine,
    SubmissionClosed,
    SubmissionDecided,
    SubmissionOpened,
)
from projections.definition.located_fact import locate
from projections.engine.folding import Folded
from services.outcomes.outcome_of_fact import outcome_of_fact
from services.streams import follow_ups
from tests.given_when_then import ARRIVED, ZHANG, Scene, applies, certificate, kinds, only, policies

BATCH = "district:batch"
STREAM = streams.submission(BATCH)
LI = streams.beneficiary("li-si-token")


def line(number: int, occupation: str = "电工", **how: str) -> DecideApplication:
    """A claim that stands in the batch."""
    return applies(f"batch:{number}", certificate(occupation, **how))


def opens(
    *claims: DecideApplication, refused: tuple[RefusedLine, ...] = (), digest: str = ""
) -> OpenSubmission:
    """The batch of these claims, and of lines that could not be taken."""
    return OpenSubmission(
        submission=BATCH,
        programme="skill-upgrade",
        region="211202",
        applied_on=claims[0].stated.applied_on if claims else line(1).stated.applied_on,
        channel="employer",
        employer="",
        accepted=tuple(
            AcceptedLine(
                no=number,
                line=claim.application[-1:],
                digest=digest or claim.digest[:DIGEST_LENGTH],
            )
            for number, claim in enumerate(claims, 1)
        ),
        refused=refused,
        arrived=ARRIVED,
    )


BAD = RefusedLine(no=9, line="9", code="WRONG_PERSON_ID", field="data.lines.beneficiary.id")


def test_a_batch_is_decided_with_its_last_line_and_says_how_each_ended() -> None:
    scene = Scene().budget(100_000)
    one, two = line(1), line(2)  # the same certificate twice
    assert kinds(scene.when(STREAM, opens(one, two, refused=(BAD,)))) == ["SubmissionOpened"]
    assert "SubmissionDecided" not in kinds(scene.when(ZHANG, one))
    result = only(scene.when(ZHANG, two), SubmissionDecided)
    assert [(end.line, end.outcome, end.amount) for end in result.lines] == [
        ("1", "granted", 150_000),
        ("2", "denied", None),
        ("9", "refused", None),
    ]
    assert (result.granted, result.granted_amount, result.waiting) == (1, 150_000, 0)
    assert [(why.code, why.lines) for why in result.reasons] == [
        ("CAP_REACHED", (1,)),
        ("WRONG_PERSON_ID", (2,)),
    ]


def test_answers_that_come_before_their_batch_wait_for_it() -> None:
    scene = Scene().budget(100_000)
    one = line(1)
    scene.when(ZHANG, one)
    assert kinds(scene.when(STREAM, opens(one))) == ["SubmissionOpened", "SubmissionDecided"]


def test_a_batch_of_bad_lines_alone_is_decided_at_once() -> None:
    facts = Scene().when(STREAM, opens(refused=(BAD,)))
    assert kinds(facts) == ["SubmissionOpened", "SubmissionDecided"]


def test_a_repeat_of_batch_or_report_changes_nothing() -> None:
    scene = Scene().budget(100_000)
    one = line(1)
    scene.when(STREAM, opens(one, refused=(BAD,)))
    scene.when(ZHANG, one)
    assert scene.when(STREAM, opens(one, refused=(BAD,))) == []
    reports = [ask for fact in scene.ledger.facts for ask in follow_ups(fact)]
    again = [ask for ask in reports if isinstance(ask.body, ReportLine)]
    assert again
    assert scene.ledger.ask(again) == []


def test_a_referred_line_is_published_as_such_and_the_batch_is_closed_after_the_review() -> None:
    scene = Scene().budget(100_000)
    facts = certificate()
    del facts["certificate.issued_on"]
    one = applies("batch:1", facts)
    scene.when(STREAM, opens(one))
    result = only(scene.when(ZHANG, one), SubmissionDecided)
    assert (result.waiting, result.lines[0].outcome) == (1, "referred")
    review = ReviewApplication(
        application=one.application,
        verdict="deny",
        reviewer="staff:sun",
        document="审〔2022〕1号",
        reason="张三证书存疑",
    )
    ended = only(scene.when(ZHANG, review), SubmissionClosed)
    assert ended.lines[0].outcome == "denied"
    assert "张三" not in ended.model_dump_json(), "a reviewer's words stay in the file"


def test_a_corrected_line_comes_in_a_second_message_and_all_is_published_again() -> None:
    scene = Scene().budget(100_000)
    one, nine = line(1), line(9, "钳工")
    scene.when(STREAM, opens(one, refused=(BAD,)))
    scene.when(ZHANG, one)
    opened = only(scene.when(STREAM, opens(one, nine)), SubmissionOpened)
    assert (opened.round, [taken.line for taken in opened.accepted]) == (2, ["9"])
    result = only(scene.when(ZHANG, nine), SubmissionDecided)
    assert [end.outcome for end in result.lines] == ["granted", "granted"]
    assert result.round == 2


def test_a_line_that_comes_again_with_other_content_is_named_and_the_first_stands() -> None:
    scene = Scene().budget(100_000)
    one = line(1)
    scene.when(STREAM, opens(one))
    scene.when(ZHANG, one)
    result = only(scene.when(STREAM, opens(one, digest="f" * 16)), SubmissionDecided)
    assert [(end.line, end.outcome) for end in result.lines] == [
        ("1", "conflicted"),
        ("1", "granted"),
    ]
    assert scene.when(STREAM, opens(one, digest="f" * 16)) == []


def test_a_grant_that_is_taken_back_shows_on_its_line_and_tells_no_second_result() -> None:
    scene = Scene().budget(100_000)
    one = line(1)
    scene.when(STREAM, opens(one))
    scene.when(ZHANG, one)
    (granted,) = [f for f in scene.ledger.facts if isinstance(f.body, ApprovalGranted)]
    revoked = ApprovalRevoked(
        application=one.application,
        attempt=1,
        cause="administrative_error",
        gives_back_slots=True,
        payee="zhang-san-token",
        unpaid=(),
        instalments=(),
        document="银人社撤〔2022〕1号",
        reason="录入有误",
        by="staff:sun",
    )
    (report,) = [
        ask
        for ask in follow_ups(granted._replace(seq=granted.seq + 1, body=revoked))
        if isinstance(ask.body, ReportLine)
    ]
    assert kinds(scene.ledger.ask([report._replace(id="0" * 8 + report.id[8:])])) == [
        "SubmissionLineAnswered"
    ]


def test_an_application_by_itself_reports_to_nobody() -> None:
    scene = Scene().budget(100_000)
    scene.when(ZHANG, applies("alone"))
    reports = [ask for fact in scene.ledger.facts for ask in follow_ups(fact)]
    assert not [ask for ask in reports if isinstance(ask.body, ReportLine)]


def test_upstream_hears_once_under_the_batchs_own_id_in_readable_words() -> None:
    scene = Scene().budget(100_000)
    one, two = line(1), line(2)
    scene.when(STREAM, opens(one, two, refused=(BAD,)))
    scene.when(ZHANG, one)
    scene.when(ZHANG, two)
    found = [said for fact in scene.ledger.facts if (said := outcome_of_fact(fact, policies()))]
    (said,) = [one for one in found if one.application == BATCH]
    assert said.outcome == "batch_decided"
    assert said.text == "共 3 行：核准 1 行 1,500.00 元，不予核准 1 行，退回 1 行。"
    assert said.batch is not None
    denied, refused = said.batch.reasons
    assert denied.lines == ("2",)
    assert denied.clauses[0].quote
    assert denied.clauses[0].cite == "铁市就组发〔2022〕1号#八"
    assert "校验码" in refused.text


def test_the_books_list_each_line_with_its_answer() -> None:
    scene = Scene().budget(100_000)
    one, two = line(1), line(2)
    scene.when(STREAM, opens(one, two, refused=(BAD,)))
    scene.when(ZHANG, one)
    scene.when(ZHANG, two)
    folded = Folded()
    folded.add(locate(fact, 0, offset) for offset, fact in enumerate(scene.ledger.facts))
    rows = folded.states["submission_lines"]
    ends = {key[-1]: (row["no"], row["outcome"]) for key, row in rows.items()}
    assert ends == {"1": (1, "granted"), "2": (2, "denied"), "9": (9, "refused")}
    (batch,) = folded.states["submissions"].values()
    assert (batch["state"], batch["granted"], batch["granted_fen"]) == ("closed", 1, 150_000)


def test_the_largest_batch_fits_into_a_record() -> None:
    """5 000 lines with the longest numbers, every second one refused for a reason of its own."""
    scene = Scene()
    lines = [f"{n:064d}" for n in range(5_000)]
    command = OpenSubmission(
        submission=f"{'s' * 63}:{'a' * 64}",
        programme="skill-upgrade",
        region="211202",
        applied_on=line(1).stated.applied_on,
        channel="employer",
        employer="u" * 33,
        accepted=tuple(
            AcceptedLine(no=n, line=name, digest="f" * DIGEST_LENGTH)
            for n, name in enumerate(lines, 1)
            if n % 2
        ),
        refused=tuple(
            RefusedLine(no=n, line=name, code="WRONG_PERSON_ID", field="data.lines.beneficiary.id")
            for n, name in enumerate(lines, 1)
            if n % 2 == 0
        ),
        arrived=ARRIVED,
    )
    stream = streams.submission(command.submission)
    last = scene.when(stream, command)
    assert kinds(last) == ["SubmissionOpened"]
    for n, name in enumerate(lines, 1):
        if n % 2:
            report = ReportLine(
                application=f"{command.submission}:{name}",
                seq=2,
                outcome="denied",
                amount=None,
                code="CLAUSE_FAILED",
                failing=(f"node{n % 40}", "another_node"),
                policy=None,
            )
            last = scene.when(stream, report)
    assert kinds(last) == ["SubmissionLineAnswered", "SubmissionDecided"]
