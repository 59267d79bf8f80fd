"""Whose city: a city's systems and staff act on what is of that city, and on no other city's.

In:    a command on its way, the state of its stream, the cities of the ledger
Out:   a refusal, or None
Holds: pure; what no region can be told of is everybody's
"""

from events import ids
from events.control import CommandRefused
from events.envelope import Asked
from policies.cities import Cities
from services.deciders.stream import Stream
from services.streams import guards
from services.streams.what_it_is_about import act_in, region_of


def refusal(stream: Stream, asked: Asked, cities: Cities) -> CommandRefused | None:
    """Refuse an act on what is of another city than whoever asks.

    Refuses: OF_ANOTHER_CITY
    """
    source, _event = ids.message_of(asked.by)
    if not source and not ids.is_staff(asked.by):
        return None
    region = region_of(stream, asked.stream, act_in(stream, asked.body), cities)
    if not region:
        return None
    objection = (
        cities.objection(source, region)
        if source
        else cities.objection_to_staff(ids.staff_of(asked.by), region)
    )
    if not objection:
        return None
    return guards.refused(asked, asked.body, "OF_ANOTHER_CITY", objection)
