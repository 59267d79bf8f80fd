"""household: one member's job takes the whole household out. HouseholdChanged.

In:   JoinHousehold, LeaveHousehold, ReportMember; on a member: NoteHousehold, LoseCategory
Out:  MemberJoined | MemberLeft | HouseholdChanged; HouseholdNoted | HouseholdInformed | CategoryLost
Holds: every member is asked once, in whatever order members, jobs and moves are told.
"""
