"""Control: what any stream may answer when a command cannot be carried out."""

from events.values import Command, Fact


class ResumeStream(Command):
    """An operator lets a parked stream go on."""

    operator: str
    reason: str


class RejectCommand(Command):
    """An operator gives up one command that was set aside: it will never be decided."""

    rejects: str
    operator: str
    reason: str


class CommandRefused(Fact):
    """A command was refused; the code says why and `about` says which record.

    `source` and `event` name the message that asked; both are empty where none did.
    """

    command: str
    code: str
    about: str
    text: str = ""
    source: str = ""
    event: str = ""


class CommandSetAside(Fact):
    """A command could not be decided; its stream waits for an operator.

    `raw` is the command verbatim (it carries tokens, never identities), or empty where it is too
    long: then `cause` names its place in `commands`. `parked` marks one that merely stood behind.
    """

    command: str
    command_id: str
    error: str
    code_version: str
    raw: str
    parked: bool


class StreamResumed(Fact):
    """The stream takes commands again."""

    operator: str
    reason: str


class CommandRejected(Fact):
    """An operator gave up a command that was set aside; `about` is the application, if it names one."""

    command: str
    command_id: str
    about: str
    operator: str
    reason: str


ControlCommand = ResumeStream | RejectCommand
ControlFact = CommandRefused | CommandSetAside | StreamResumed | CommandRejected
