"""application file: let applications of a table in, by two people. ApplicationsHeld, ApplicationsReleased.

In:   HoldApplications, ReleaseApplications, RejectApplications, ConfirmApplications
Out:  ApplicationsHeld | ApplicationsReleased | ApplicationsRejected | ApplicationsPublished
Holds: who releases is not who handed in; what is published is exactly what was shown.
"""
