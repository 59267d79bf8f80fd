"""A name that is written twice in one object is found in every document, and nothing else is."""

import json
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from events.contract.inbound.keys import written_twice

NAMES = st.text(max_size=4) | st.sampled_from([":", '":', '\\":', "a:b", "\\u003a"])
DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


class Twice(dict[str, Any]):
    """An object that is written with its first pair a second time."""

    def items(self) -> Any:
        """Its pairs, the first of them twice."""
        pairs = list(super().items())
        return [*pairs, pairs[0]]


def writings(document: Any) -> list[bytes]:
    """A document as different senders write it."""
    return [
        json.dumps(document).encode(),
        json.dumps(document, ensure_ascii=False, indent=1, separators=(" ,", " : ")).encode(),
        json.dumps(document).replace("a:b", "a\\u003Ab").encode(),
    ]


@given(DOCUMENTS)
def test_no_document_without_a_repeat_is_doubted(document: Any) -> None:
    for raw in writings(document):
        assert written_twice(raw, orjson.loads(raw)) == []


@given(st.dictionaries(NAMES, DOCUMENTS, min_size=1, max_size=4), st.booleans())
def test_every_repeat_is_found(pairs: dict[str, Any], deep: bool) -> None:
    document = [{"data": Twice(pairs)}] if deep else Twice(pairs)
    for raw in writings(document):
        first = next(iter(pairs))
        assert written_twice(raw, orjson.loads(raw)) == [f"data.{first}" if deep else first]
