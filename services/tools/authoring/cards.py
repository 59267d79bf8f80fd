"""Cards as files: one version, or all of them with an index, as HTML that needs nothing beside it
and as PDF."""

from collections.abc import Callable, Iterator
from pathlib import Path

from policies.authoring.card import Card, policy_card
from policies.engine.registry import Policies
from policies.engine.versions import Policy
from services.documents.card_pages import card_html, card_index_html
from services.documents.card_sheets import card_pdf
from services.runtime.errors import OperatingFailure


class NoVersion(OperatingFailure):
    """No policy version has this name, or more than one begins with it."""

    def __init__(self, name: str, like: list[str]) -> None:
        known = f"相近的有：{'、'.join(like[:8])}。" if like else ""
        super().__init__(
            f"没有唯一叫 {name} 的政策版本。{known}",
            "用 benefit-ledger policies list 查看名称。",
        )


def version_named(policies: Policies, name: str) -> Policy:
    """The version of a name, or the only one that begins with it.

    Raises: NoVersion
    """
    wanted = name.removesuffix(".yaml")
    exact = [policy for policy in policies if policy.name == wanted]
    like = exact or [policy for policy in policies if policy.name.startswith(wanted)]
    if len(like) != 1:
        near = [policy.name for policy in policies if wanted.partition("/")[0] in policy.name]
        raise NoVersion(name, near)
    return like[0]


def card_text(card: Card) -> Iterator[str]:
    """A card for a terminal."""
    yield f"政策卡　{card.title}"
    yield f"{card.jurisdiction}　{card.window}　{card.name}"
    yield f"依据 {card.cite}　印发 {card.issued}　资金 {card.funds}　收款 {card.payee}"
    for section in card.sections:
        yield f"\n{section.name}"
        yield from (f"  {'▲ ' if row.open else ''}{row.line}" for row in section.rows)
    yield f"\n内容摘要 {card.content_hash}"


def write_all(policies: Policies, folder: Path, moved: Callable[[int], None]) -> list[Path]:
    """Every card in both forms, and an index."""
    folder.mkdir(parents=True, exist_ok=True)
    cards = [policy_card(policy, policies.standards, policies.duties) for policy in policies]
    written = []
    for number, card in enumerate(cards, 1):
        for suffix, content in ((".html", card_html(card).encode()), (".pdf", card_pdf(card))):
            path = folder / card.programme / f"{card.name.partition('/')[2]}{suffix}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            written.append(path)
        moved(number)
    index = folder / "index.html"
    index.write_text(card_index_html(cards), encoding="utf-8")
    return [*written, index]
