"""Words page: the vocabulary as a table, from the models that read the files.

In:    the classes of `policies.vocabulary`
Out:   for each kind: what it says, and its keys
"""

from collections.abc import Iterator

from policies import vocabulary
from policies.vocabulary.words import Words

_GROUPS: tuple[tuple[str, tuple[type[Words], ...]], ...] = (
    (
        "Conditions",
        (
            vocabulary.Member,
            vocabulary.Flag,
            vocabulary.Compare,
            vocabulary.Within,
            vocabulary.Between,
            vocabulary.SameYear,
            vocabulary.Located,
            vocabulary.Used,
            vocabulary.AllOf,
            vocabulary.AnyOf,
        ),
    ),
    (
        "Amounts",
        (
            vocabulary.Flat,
            vocabulary.AmountTable,
            vocabulary.Standard,
            vocabulary.Monthly,
            vocabulary.Branch,
        ),
    ),
    ("Caps", (vocabulary.Count, vocabulary.Lifetime, vocabulary.Unique)),
)
_COMMON = {"kind", "id", "cite", "quote", "assume"}


def vocabulary_lines() -> Iterator[str]:
    """The section of the policies page."""
    yield "## Vocabulary\n"
    yield "Every node has a `kind` and an `id`; every leaf a verbatim `quote`, or an `assume` that"
    yield "the file signs off, or both; `cite` where the clause is not the file's own. Money is in"
    yield "yuan, periods are `12M`, `2Y`, `30D`; unknown keys are refused.\n"
    for title, kinds in _GROUPS:
        yield f"### {title}\n"
        yield "| kind | says | keys |\n|---|---|---|"
        for kind in kinds:
            keys = [
                f"`{field.alias or name}`{'' if field.is_required() else ' (optional)'}"
                for name, field in kind.model_fields.items()
                if name not in _COMMON
            ]
            word = kind.model_fields["kind"].annotation.__args__[0]  # type: ignore[union-attr]
            doc = " ".join((kind.__doc__ or "").split())
            yield f"| `{word}` | {doc} | {', '.join(keys)} |"
        yield ""
