"""visit: one request of one reader: its scope, its actor, and one consistent view of the books.

In:   a request
Out:  a page, a CSV file
Holds: all figures of a page come from one read-only snapshot, so they agree with each other
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.responses import Response

from policies.cities import Cities
from projections.queries import freshness
from projections.queries.connection import Lent
from services.runtime.errors import NotConfigured
from services.runtime.masking import Masked
from services.runtime.postgres import sight
from services.runtime.vault import Vault
from services.spreadsheets.page_table import PageTable, csv_lines
from services.spreadsheets.workbooks import MEDIA_TYPE, workbook
from services.web.request import actors, fields, visitors
from services.web.request.granted import cities_of
from services.web.request.history import of_route
from services.web.request.replayed import replayed_of
from services.web.request.scope import CARRIED, PageScope, read_scope
from services.web.request.sources import Sources
from services.wording import city_names, figures, languages
from services.wording.fund_names import FUND_NAMES

Row = TypeVar("Row")
_CONNECT_SECONDS = 3.0
_STATEMENT_MS = 10_000
_STATEMENT_OF_A_JOB_MS = 30 * 60_000


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page needs of the request it answers."""

    request: Request
    sources: Sources
    db: Lent
    scope: PageScope
    visitor: visitors.Visitor
    last_fact_at: datetime | None
    refused: str = ""

    @property
    def actor(self) -> actors.Actor:
        """Who acts."""
        return self.visitor.actor

    @property
    def sees_everything(self) -> bool:
        """Whether no row of the books is hidden from this request."""
        return sight.seen().everything

    @property
    def cities(self) -> Cities:
        """The cities of this ledger as far as this session sees them: accounts, regions and staff."""
        return cities_of(sight.seen(), self.sources.policies.cities)

    def vault(self, to: str = "收文件") -> Vault:
        """The vault, for a page that cannot do without; `to` says what cannot be done where it is away.

        Raises: NotConfigured
        """
        if self.sources.vault is None:
            raise NotConfigured(f"没有连接身份库，不能{to}。", "请联系系统管理员。")
        return self.sources.vault

    def opens(self, path: str) -> bool:
        """Whether this reader's roles open an address."""
        return self.visitor.opens(path)

    def link(self, path: str, /, **parameters: object) -> str:
        """Make an address that carries the scope on."""
        return self.scope.link(path, **parameters)

    def here(self, **changes: object) -> str:
        """Make this very address with some parameters changed; None takes one out."""
        query: dict[str, object] = {
            name: self.request.query_params.getlist(name)
            for name in self.request.query_params
            if name != self.refused
        }
        for name in CARRIED:
            query.pop(name, None)
        query.update(changes)
        return self.scope.link(self.request.url.path, **query)

    async def names(self, tokens: Iterable[str]) -> Mapping[str, Masked]:
        """Masked names, by token; whoever is not known stays masked whole."""
        return await self.sources.names([token for token in dict.fromkeys(tokens) if token])

    def page(self, template: str, title: str, **context: Any) -> HTMLResponse:
        """Render a page; it names the parameters of its address that it does not understand."""
        paged = any(isinstance(one, PageTable) and one.pager for one in context.values())
        known = {*CARRIED, *self._parameters(), *(("after", "before") if paged else ())}
        unknown = set(self.request.query_params) - known
        frame = {
            "visit": self,
            "scope": self.scope,
            "actor": self.actor,
            "title": title,
            "path": self.request.url.path,
            "unknown": sorted(unknown),
            "regions": self.cities.served,
            "everywhere": self._everywhere(),
            "funds": self.funds,
            "every_fund": self._every_fund(),
            "staff": list(actors.staff_of(self.cities).values()),
        }
        rendered = self.request.app.state.templates.get_template(template).render(frame | context)
        return HTMLResponse(rendered)

    @property
    def sees_every_fund(self) -> bool:
        """Whether this session sees all funds of its districts."""
        own = sight.seen()
        return own.everything or own.funds == ("*",)

    @property
    def funds(self) -> Mapping[str, str]:
        """Names by code of the funds that this session sees."""
        if self.sees_every_fund:
            return FUND_NAMES
        own = {pair.partition("/")[2] for pair in sight.seen().funds}
        return {code: name for code, name in FUND_NAMES.items() if code in own}

    def _every_fund(self) -> str:
        """What is shown where no fund is asked for: all there are, or those that this session sees."""
        if self.sees_every_fund:
            return languages.translate("全部基金")
        return "、".join(map(languages.translate, self.funds.values()))

    def _everywhere(self) -> str:
        """What is shown where no region is asked for: all there are, or all that this session sees."""
        if not sight.seen().everything:
            return "、".join(self.cities.served.values())
        if len(self.cities.by_code) == 1:
            return languages.translate("全市")
        return languages.translate("全部区划")

    def _parameters(self) -> set[str]:
        """What the route of this request reads from an address, beside its scope."""
        route = self.request.scope.get("route")
        return {one.alias for one in route.dependant.query_params} if route else set()

    def csv(
        self, table: PageTable[Row], pages: AsyncIterator[Iterable[Row]] | None = None
    ) -> Response:
        """Answer with a table as a file; `pages` where it is longer than the screen shows."""

        async def one_page() -> AsyncIterator[Iterable[Row]]:
            yield table.rows

        name = f"{table.name}-{self.scope.as_of.isoformat()}.csv"
        return StreamingResponse(
            csv_lines(table, pages or one_page()),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def xlsx(self, table: PageTable[Row]) -> Response:
        """Answer with a table as a workbook; its second sheet says what it is."""
        known = figures.moment(self.last_fact_at) if self.last_fact_at else figures.DASH
        about = [
            (languages.translate("表"), languages.translate(table.caption)),
            (languages.translate("截至"), self.scope.as_of.isoformat()),
            (languages.translate("已知至"), known),
            (languages.translate("筛选"), str(self.request.url.query) or figures.DASH),
            (languages.translate("导出人"), self.actor.name),
            (languages.translate("导出时间"), figures.moment(datetime.now(UTC))),
        ]
        name = f"{table.name}-{self.scope.as_of.isoformat()}.xlsx"
        return Response(
            workbook(table, about),
            media_type=MEDIA_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


async def arrive(request: Request) -> AsyncIterator[Visit]:
    """Open one snapshot of the books for one request."""
    sources: Sources = request.app.state.sources
    language = request.query_params.get("lang") or request.cookies.get("lang") or "zh"
    languages.choose(language)
    city_names.choose(sources.policies.cities)
    for name, value in [*request.query_params.multi_items(), *request.path_params.items()]:
        fields.visible(fields.visible(name, name), str(value))
    arrival = await visitors.find_session(request, sources)
    # until the roles are read, a session sees its own row alone
    sight.see(sight.SessionSight(user=arrival.session.user if arrival.session else ""))
    async with (
        sources.pool.acquire(timeout=_CONNECT_SECONDS) as db,
        db.transaction(isolation="repeatable_read", readonly=True),
    ):
        again = replayed_of(request)
        longest = _STATEMENT_MS if again is None else _STATEMENT_OF_A_JOB_MS
        await db.execute(f"SET LOCAL statement_timeout = {longest}")
        last = await freshness.last_fact_at(db)
        visitor = await visitors.visitor_of(request, sources, db, arrival)
        sight.see(visitors.sight_for(visitor, visitors.route_of(request), sources.policies.cities))
        if again is not None:
            again.sight = sight.seen()
        await sight.take(db, within_transaction=True)
        scope = read_scope(
            request.query_params,
            languages.chosen(),
            cities_of(sight.seen(), sources.policies.cities).served,
            of_route(getattr(request.scope.get("route"), "path", "")),
        )
        request.state.visit = Visit(request, sources, db, scope, visitor, last)
        await visitors.let_in(request, sources, visitor)
        yield request.state.visit


Arrived = Annotated[Visit, Depends(arrive)]
