"""Telling: what happened to the people of the story, read back from the books and nowhere else.

In:   `books.*`, the story's applications by key
Out:  Scene: who, what was found, where the pages show it, and whether it is as it had to be
Holds: every figure that is told comes out of a query; what had to be true is said beside it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias
from urllib.parse import quote

from asyncpg import Pool, Record
from pydantic import BaseModel

from services.demo.story import FRAUD, TIGHT_LINE, Story
from services.runtime.vault import Vault

Rows: TypeAlias = "list[Record]"


class Seen(BaseModel):
    """One thing that was looked at: in words, and whether it is as told."""

    text: str
    holds: bool


class Scene(BaseModel):
    """One event of the story."""

    name: str
    when: str
    title: str
    who: str
    seen: list[Seen]
    path: str

    @property
    def holds(self) -> bool:
        """Whether all of it happened as told."""
        return bool(self.seen) and all(one.holds for one in self.seen)


def yuan(fen: int | None) -> str:
    """Write an amount as people read it."""
    return f"{(fen or 0) / 100:,.2f} 元"


class Telling:
    """Asks the books about one person after the other."""

    def __init__(self, pool: "Pool[Record]", vault: Vault, story: Story) -> None:
        self._pool = pool
        self._vault = vault
        self._keys = story.keys

    async def scenes(self) -> list[Scene]:
        """Tell every event, in the order of its beginning."""
        return [
            await self._two_pairs_of_eyes(),
            await self._returned(),
            await self._late_return(),
            await self._fraud(),
            await self._job(),
            await self._household(),
            await self._unheard(),
            await self._advance(),
            await self._death(),
            await self._budget(),
            await self._overdue(),
        ]

    # --- the bank and the batches ---------------------------------------------------------------

    async def _two_pairs_of_eyes(self) -> Scene:
        refused = await self._rows(
            """SELECT r.about, r.effective_on, b.maker, b.checker, b.state
               FROM books.refusals AS r JOIN books.batches AS b ON b.batch = r.about
               WHERE r.command = 'ReleaseBatch' AND r.code = 'SAME_PERSON'"""
        )
        seen = [
            Seen(
                text=f"{row['maker']} 放行自己的批次 {row['about']}，被拒并记下；{row['checker']} 放行",
                holds=row["checker"] not in ("", row["maker"]) and row["state"] == "closed",
            )
            for row in refused
        ]
        batch = refused[0]["about"] if refused else ""
        return Scene(
            name="same-person",
            when=_day(refused[0]["effective_on"] if refused else None),
            title="制单、复核须是两人",
            who="",
            seen=seen,
            path=f"/batches/{quote(batch)}",
        )

    async def _returned(self) -> Scene:
        key = self._keys["moved"]
        attempts = await self._rows(
            """SELECT a.attempt, a.state, a.return_reason, a.amount_fen, a.returned_on, a.settled_on
               FROM books.disbursement_attempts AS a JOIN books.disbursements USING (disbursement)
               WHERE application = $1 ORDER BY a.attempt""",
            key,
        )
        version = await self._rows(
            "SELECT * FROM books.account_versions WHERE application = $1 AND replaces <> ''", key
        )
        states = [row["state"] for row in attempts]
        said = "；".join(
            f"第 {r['attempt']} 次 {yuan(r['amount_fen'])} "
            + (
                f"{_day(r['returned_on'])} 退回（{r['return_reason']}）"
                if r["state"] == "returned"
                else f"{_day(r['settled_on'])} 到账"
            )
            for r in attempts
        )
        changed = [
            Seen(
                text=f"新账户由 {row['source']} 提出、{row['checker']} 同意",
                holds=bool(row["checker"]) and not row["source"].endswith(row["checker"]),
            )
            for row in version
        ]
        return Scene(
            name="returned",
            when=_day(attempts[0]["returned_on"] if attempts else None),
            title="退回后更正账户再付",
            who=await self._who(key),
            seen=[Seen(text=said, holds=states == ["returned", "settled"]), *changed]
            + ([] if changed else [Seen(text="没有更正账户", holds=False)]),
            path=_application(key),
        )

    async def _late_return(self) -> Scene:
        rows = await self._rows(
            """SELECT a.settled_on, a.returned_on, a.amount_fen, d.application
               FROM books.disbursement_attempts AS a JOIN books.disbursements AS d
                 USING (disbursement)
               WHERE a.after_settlement ORDER BY a.instruction"""
        )
        total = sum(row["amount_fen"] for row in rows)
        return Scene(
            name="late-return",
            when=_day(rows[0]["returned_on"] if rows else None),
            title="入账后退票",
            who="",
            seen=[
                Seen(
                    text=f"{len(rows)} 笔 {yuan(total)} 到账后又退回，重记应付", holds=len(rows) > 0
                )
            ],
            path="/tasks/returns",
        )

    async def _unheard(self) -> Scene:
        rows = await self._rows(
            """SELECT o.asked_on, o.asked_by, d.state, d.settled_on, d.amount_fen, d.attempt
               FROM books.outcomes_asked AS o JOIN books.disbursements AS d
                 ON d.disbursement = o.disbursement AND d.instruction = o.instruction"""
        )
        seen = [
            Seen(
                text=f"{yuan(row['amount_fen'])} 当月无回盘，{_day(row['asked_on'])} 去问，"
                f"银行补告 {_day(row['settled_on'])} 已到账；没有再付第二次",
                holds=row["state"] == "settled" and row["attempt"] == 1,
            )
            for row in rows
        ]
        return Scene(
            name="unheard",
            when=_day(rows[0]["asked_on"] if rows else None),
            title="银行没有回盘的一笔",
            who="",
            seen=seen,
            path="/tasks/unknown",
        )

    # --- stops ----------------------------------------------------------------------------------

    async def _death(self) -> Scene:
        key = self._keys["died"]
        paid, stopped = await self._plan(key)
        debts = await self._rows(
            "SELECT * FROM books.clawbacks WHERE application = $1 ORDER BY clawback", key
        )
        since = await self._pool.fetchval(
            """SELECT since FROM books.status AS s JOIN books.applications AS a USING (beneficiary)
               WHERE a.application = $1 AND s.status = 'deceased'""",
            key,
        )
        seen = [
            Seen(
                text=f"{_day(since)} 去世；失业补助金已付 {_months(paid)} "
                f"{yuan(sum(r['paid_fen'] or 0 for r in paid))}，{_months(stopped)} 停发",
                holds=since is not None
                and [r["instalment"] for r in paid] == [1, 2, 3, 4]
                and [r["reason"] for r in stopped] == ["deceased", "deceased"],
            ),
            *(
                Seen(
                    text=f"去世后付出的 {yuan(row['amount_fen'])} 由规则提出、{row['checker']} "
                    f"决定追回，继承人退回 {yuan(row['recovered_fen'])}，尚欠 {yuan(row['left_fen'])}",
                    holds=row["maker"] == "rule:stops"
                    and bool(row["checker"])
                    and row["amount_fen"] == row["recovered_fen"] == paid[-1]["paid_fen"],
                )
                for row in debts
            ),
        ]
        if not debts:
            seen.append(Seen(text="没有提出追回", holds=False))
        path = _clawback(debts[0]) if debts else _application(key)
        return self._scene("death", since, "死亡停发，多付追回", await self._who(key), seen, path)

    async def _job(self) -> Scene:
        key = self._keys["hired"]
        paid, stopped = await self._plan(key)
        since = await self._pool.fetchval(
            """SELECT since FROM books.status AS s JOIN books.applications AS a USING (beneficiary)
               WHERE a.application = $1 AND s.status = 'employed'""",
            key,
        )
        reasons = {row["reason"] for row in stopped}
        seen = Seen(
            text=f"{_day(since)} 就业；失业补助金付 {_months(paid)}，{_months(stopped)} 停发",
            holds=len(paid) == 2 and len(stopped) == 4 and reasons == {"employed"},
        )
        return self._scene(
            "job", since, "就业停发", await self._who(key), [seen], _application(key)
        )

    async def _household(self) -> Scene:
        lost = await self._rows(
            "SELECT effective_on, body ->> 'kept' AS kept, body ->> 'stopped' AS stopped"
            " FROM books.facts WHERE type = 'CategoryLost' ORDER BY stream"
        )
        sister, brother = self._keys["sister"], self._keys["brother"]
        _, stopped = await self._plan(sister)
        settled = await self._pool.fetchval(
            "SELECT amount_fen FROM books.disbursements WHERE application = $1"
            " AND state = 'settled'",
            brother,
        )
        seen = [
            Seen(text=f"全家 {len(lost)} 人同日移出零就业家庭", holds=len(lost) == 3),
            Seen(
                text=f"{await self._who(sister)} 的岗位补贴"
                f" {yuan(sum(r['amount_fen'] for r in stopped))} 随即停发",
                holds=[r["reason"] for r in stopped] == ["household"]
                and any(sister in row["stopped"] for row in lost),
            ),
            Seen(
                text=f"{await self._who(brother)} 另属残疾，照付 {yuan(settled)}",
                holds=settled is not None and any(brother in row["kept"] for row in lost),
            ),
        ]
        since = lost[0]["effective_on"] if lost else None
        who = f"{await self._who(self._keys['hired'])} 一家"
        return self._scene(
            "household", since, "一人就业，零就业家庭移出", who, seen, _application(sister)
        )

    # --- advances and debts ---------------------------------------------------------------------

    async def _advance(self) -> Scene:
        key, settling = self._keys["advanced"], self._keys["settled"]
        ahead = await self._rows("SELECT * FROM books.advances WHERE application = $1", key)
        final = await self._rows(
            "SELECT * FROM books.disbursements WHERE application = $1 AND state = 'settled'",
            settling,
        )
        granted = await self._pool.fetchval(
            "SELECT amount_fen FROM books.applications WHERE application = $1", settling
        )
        seen = [
            Seen(
                text=f"预拨 {yuan(a['amount_fen'])}（计划 {yuan(granted)} 的 20%），见习期满结算时"
                f"抵扣 {yuan(a['settled_fen'])}，实付 {yuan(f['amount_fen'])}",
                holds=a["amount_fen"] * 5 == granted
                and a["settled_fen"] == a["amount_fen"] == f["advanced_fen"]
                and f["amount_fen"] == granted - a["amount_fen"],
            )
            for a in ahead
            for f in final
        ]
        opened = ahead[0]["opened_on"] if ahead else None
        return self._scene(
            "advance", opened, "见习预拨 20%，结算抵扣", await self._who(key), seen, "/advances"
        )

    async def _overdue(self) -> Scene:
        key = self._keys["unsettled"]
        rows = await self._rows(
            """SELECT a.amount_fen, a.called_fen, a.settle_by, a.called_on, c.left_fen, c.state,
                      c.cause, c.payee, c.clawback
               FROM books.advances AS a LEFT JOIN books.clawbacks AS c USING (application)
               WHERE a.application = $1""",
            key,
        )
        seen = [
            Seen(
                text=f"预拨 {yuan(r['amount_fen'])}，至 {_day(r['settle_by'])} 未结算，"
                f"{_day(r['called_on'])} 转应收，尚欠 {yuan(r['left_fen'])}",
                holds=r["called_fen"] == r["amount_fen"] == r["left_fen"]
                and (r["cause"], r["state"]) == ("advance_overdue", "open"),
            )
            for r in rows
        ]
        called = rows[0]["called_on"] if rows else None
        path = _clawback(rows[0]) if seen and rows[0]["clawback"] else "/advances"
        return self._scene(
            "overdue", called, "预拨到期未结算，转应收", await self._who(key), seen, path
        )

    async def _fraud(self) -> Scene:
        key, again = self._keys["forged"], self._keys["again"]
        debts = await self._rows("SELECT * FROM books.clawbacks WHERE clawback = $1", FRAUD)
        later = await self._rows("SELECT * FROM books.disbursements WHERE application = $1", again)
        grade = await self._rows(
            "SELECT p.* FROM books.payees AS p JOIN books.clawbacks AS c USING (payee)"
            " WHERE c.clawback = $1",
            FRAUD,
        )
        seen = [
            Seen(
                text=f"伪造证书骗取 {yuan(d['amount_fen'])}，{d['maker']} 提出、{d['checker']} 决定追回："
                f"从下一笔中抵扣 {yuan(d['offset_fen'])}（保底 {yuan(d['floor_fen'])}，实付 "
                f"{yuan(p['amount_fen'])}），退现 {yuan(d['recovered_fen'])}，尚欠 {yuan(d['left_fen'])}",
                holds=d["state"] == "closed"
                and d["maker"] != d["checker"]
                and d["offset_fen"] == p["offset_fen"] > 0
                and p["amount_fen"] >= d["floor_fen"]
                and d["recovered_fen"] > 0
                and d["offset_fen"] + d["recovered_fen"] == d["amount_fen"],
            )
            for d in debts
            for p in later
        ]
        seen += [Seen(text=f"信用降为 {row['grade']}", holds=row["grade"] == "D") for row in grade]
        ordered = debts[0]["ordered_on"] if debts else None
        path = _clawback(debts[0]) if debts else _application(key)
        return self._scene(
            "fraud", ordered, "骗取待遇，部分抵扣追回", await self._who(key), seen, path
        )

    # --- the budget -----------------------------------------------------------------------------

    async def _budget(self) -> Scene:
        fund, district, year = TIGHT_LINE
        line = f"budget/fund/{fund}/{district}/{year}"
        queue = await self._rows(
            """SELECT q.application, q.place, q.amount_fen, q.queued_on, q.left_on, q.state,
                      d.settled_on
               FROM books.budget_queue AS q LEFT JOIN books.disbursements AS d
                 ON d.application = q.application AND d.state = 'settled'
               WHERE q.line = $1 ORDER BY q.seq""",
            line,
        )
        history = await self._rows(
            """SELECT type, effective_on, body -> 'ask' ->> 'application' AS application,
                      CASE type WHEN 'BudgetAdjusted' THEN (body ->> 'by')::bigint
                                WHEN 'BudgetCommitted' THEN -(body ->> 'amount')::bigint
                                WHEN 'BudgetAllocated' THEN (body ->> 'amount')::bigint
                                ELSE 0 END AS free,
                      body ->> 'maker' AS maker, body ->> 'checker' AS checker
               FROM books.facts WHERE stream = $1 ORDER BY seq""",
            line,
        )
        waited = [r["application"] for r in history if r["type"] == "BudgetQueued"]
        served = [r["application"] for r in history if r["type"] == "BudgetDequeued"]
        free, at_queueing, lowest = 0, {}, 0
        for row in history:
            if row["type"] == "BudgetQueued":
                at_queueing[row["application"]] = free
            free += row["free"]
            lowest = min(lowest, free)
        raised = [r for r in history if r["type"] == "BudgetAdjusted"]
        small = [r for r in queue if r["amount_fen"] <= at_queueing.get(r["application"], -1)]
        seen = [
            Seen(
                text="额度用完，"
                + "；".join(
                    f"第 {r['place']} 位 {yuan(r['amount_fen'])} {_day(r['queued_on'])} 起排队"
                    for r in queue
                ),
                holds=len(queue) == 3 and lowest == 0,
            ),
            *(
                Seen(
                    text=f"第 {r['place']} 位只要 {yuan(r['amount_fen'])}、当时还余 "
                    f"{yuan(at_queueing[r['application']])}，也不插队",
                    holds=served.index(r["application"]) == r["place"] - 1,
                )
                for r in small
            ),
            Seen(
                text="；".join(
                    f"{_day(r['effective_on'])} {r['maker']} 提出、{r['checker']} 同意追加 "
                    f"{yuan(r['free'])}"
                    for r in raised
                ),
                holds=len(raised) == 2 and all(r["maker"] != r["checker"] for r in raised),
            ),
            Seen(
                text="按排队次序补付："
                + "、".join(f"第 {r['place']} 位 {_day(r['settled_on'])} 到账" for r in queue),
                holds=waited == served
                and [r["settled_on"] for r in queue if r["settled_on"]]
                == sorted(r["settled_on"] for r in queue if r["settled_on"])
                and all(r["settled_on"] for r in queue),
            ),
        ]
        since = queue[0]["queued_on"] if queue else None
        return self._scene(
            "budget",
            since,
            "预算用完、排队、追加、依次补付",
            "铁岭县失业保险基金",
            seen,
            f"/budgets?year={year}&district={district}",
        )

    # --- reading --------------------------------------------------------------------------------

    def _scene(
        self, name: str, since: date | None, title: str, who: str, seen: list[Seen], path: str
    ) -> Scene:
        return Scene(name=name, when=_day(since), title=title, who=who, seen=seen, path=path)

    async def _plan(self, key: str) -> tuple[Rows, Rows]:
        """The instalments that were paid, and those that were stopped."""
        rows = await self._rows(
            """SELECT i.instalment, i.due_on, i.paid_fen, i.amount_fen, i.state, i.reason
               FROM books.instalments AS i LEFT JOIN books.disbursements AS d
                 ON d.disbursement = i.disbursement AND d.state = 'settled'
               WHERE i.application = $1 AND (i.state = 'stopped' OR d.disbursement IS NOT NULL)
               ORDER BY i.instalment""",
            key,
        )
        stopped = [row for row in rows if row["state"] == "stopped"]
        return [row for row in rows if row["state"] != "stopped"], stopped

    async def _who(self, key: str) -> str:
        """The masked name of whoever applied, and their masked number."""
        token = await self._pool.fetchval(
            "SELECT beneficiary FROM books.applications WHERE application = $1", key
        )
        masked = (await self._vault.names([token])).get(token) if token else None
        return f"{masked.name} {masked.number}" if masked else ""

    async def _rows(self, query: str, *values: Any) -> Rows:
        return list(await self._pool.fetch(query, *values))


def _application(key: str) -> str:
    return f"/applications/{quote(key, safe=':')}"


def _clawback(row: Record) -> str:
    return f"/clawbacks/{quote(row['payee'])}/{quote(row['clawback'], safe=':')}"


def _day(on: date | None) -> str:
    return "" if on is None else on.isoformat()


def _months(rows: Sequence[Record]) -> str:
    """Name the months of instalments, as ``1—4 月``."""
    months = [row["due_on"].month for row in rows]
    if not months:
        return "无"
    return f"{months[0]} 月" if len(months) == 1 else f"{months[0]}—{months[-1]} 月"
