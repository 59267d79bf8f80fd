"""`benefit-ledger policies card`: one version on one page, to be signed."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.commands.policies.arguments import Name, Parameters
from services.cli.screen import console


def card(
    name: Name,
    *,
    html: Annotated[bool, typer.Option("--html", help="单个网页文件")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="A4，可打印签字")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="写到文件")] = None,
    parameters: Parameters = None,
) -> None:
    """政策卡：一个版本的条件、标准、限额、原文、约定；可打印，供签字确认。"""
    from policies.authoring.card import policy_card
    from services.cli.rules import rules
    from services.documents.card_pages import card_html
    from services.documents.card_sheets import card_pdf
    from services.tools.authoring.cards import card_text, version_named

    policies = rules(parameters)
    shown = policy_card(version_named(policies, name), policies.standards, policies.duties)
    if pdf:
        path = output or Path(f"{shown.name.replace('/', '-')}.pdf")
        path.write_bytes(card_pdf(shown))
    elif html:
        path = output or Path(f"{shown.name.replace('/', '-')}.html")
        path.write_text(card_html(shown), encoding="utf-8")
    else:
        text = "\n".join(card_text(shown)) + "\n"
        if output is None:
            typer.echo(text, nl=False)
            return
        path = output
        path.write_text(text, encoding="utf-8")
    console.print(f"已写 {path}", highlight=False)
