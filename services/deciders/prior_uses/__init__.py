"""prior uses: let a file of earlier benefits count, by two people. ImportHeld, ImportReleased.

In:   HoldImport, ReleaseImport, RejectImport, ConfirmImport
Out:  ImportHeld | ImportReleased | ImportRejected | ImportDone
Holds: who releases is not who handed in; what counts is exactly what was shown.
"""
