"""The command line: `benefit-ledger`, everything in one place.

Each command is thin: it reads its arguments, calls one module, and prints Chinese for people.
Here they only come together, in the order in which the help lists them.
"""

import typer

from services.cli.commands import (
    accounts,
    applications,
    audit,
    bank,
    batch,
    check,
    city,
    demo,
    disclosures,
    docs,
    doctor,
    figures,
    key,
    ledger,
    letters,
    links,
    matches,
    migrate,
    periods,
    policies,
    prior_uses,
    publish,
    rebuild,
    report,
    run,
    set_aside,
    simulate,
    statements,
    tokens,
    topics,
    trace,
    up,
    users,
    verify,
)
from services.cli.screen import errors, quiet, tell
from services.runtime.errors import OperatingFailure

app = typer.Typer(
    name="benefit-ledger",
    help="惠民补贴台账 · 事件溯源的就业补贴台账。\n\n"
    "第一次用：`benefit-ledger demo` 起一套真的 Kafka 和 PostgreSQL，发申请、审核、支付、对账，"
    "并给出工作台地址。平时：`benefit-ledger up` 起全部进程。",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
)
app.add_typer(policies.app, name="policies")
app.add_typer(city.app, name="city")
app.add_typer(set_aside.app, name="set-aside")
app.add_typer(applications.app, name="applications")
app.add_typer(disclosures.app, name="disclosures")
app.add_typer(prior_uses.app, name="past")
app.add_typer(links.app, name="link")
app.add_typer(figures.app, name="figures")
app.add_typer(letters.app, name="letters")
app.add_typer(bank.app, name="bank")
app.add_typer(statements.app, name="statements")
app.add_typer(matches.app, name="matches")
app.add_typer(periods.app, name="periods")
app.add_typer(report.app, name="report")
app.add_typer(accounts.app, name="accounts")
app.add_typer(audit.app, name="audit")
app.add_typer(tokens.app, name="tokens")
app.add_typer(users.app, name="users")
app.add_typer(key.app, name="key")
app.add_typer(ledger.app, name="ledger")

for command in (
    up.up,
    demo.demo,
    run.run,
    topics.topics,
    migrate.migrate,
    publish.publish,
    check.check,
    trace.trace,
    batch.batch,
    rebuild.rebuild,
    verify.verify,
    simulate.simulate,
    docs.docs,
    doctor.doctor,
):
    app.command()(command)


@app.callback()
def before(context: typer.Context) -> None:
    if context.invoked_subcommand != "run":
        quiet()


def main() -> None:
    """Run the command; a failure of the surroundings is told in two sentences, not as a trace."""
    try:
        app()
    except OperatingFailure as failure:
        tell(failure, errors)
        raise SystemExit(1) from failure
