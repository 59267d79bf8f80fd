"""Outcome fields: the shape that every noun's module gives: a table from a type of fact to its outcome.

Shape: the fields of `OutcomeTold` without `on`; None where a fact of that type is not published
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from events.values import Fact
from policies.engine.registry import Policies

OutcomeFields: TypeAlias = dict[str, Any]
FieldsOfFact: TypeAlias = Callable[[Any, Policies], OutcomeFields | None]
FieldsByFact: TypeAlias = Mapping[type[Fact], FieldsOfFact]
