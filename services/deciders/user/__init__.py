"""user: one person who may sign in: in which roles, and whether still.

In:   AddUser, GrantRoles, SuspendUser, ReinstateUser, ResetCredential, NoteRefusedVisit
Out:  UserAdded | RolesGranted | UserSuspended | UserReinstated | CredentialReset | VisitRefused
Holds: nobody changes their own rights; no one person has two roles that exclude each other.
"""
