"""`benefit-ledger policies`: the dated rules listed, checked, printed, compared and tried out."""

import typer

from services.cli.commands.policies import (
    backtest,
    bundle,
    card,
    cards,
    check,
    diff,
    listing,
    mutants,
    questions,
)

app = typer.Typer(
    help="政策：列出各版本，核对原文、数字、边界；政策卡、比对、回测、变异、待确认事项。",
    no_args_is_help=True,
)
app.command("list")(listing.list_versions)
app.command("check")(check.check)
app.command("card")(card.card)
app.command("bundle")(bundle.bundle)
app.command("cards")(cards.cards)
app.command("diff")(diff.diff)
app.command("backtest")(backtest.backtest)
app.command("questions")(questions.list_questions)
app.command("mutants")(mutants.mutants)
