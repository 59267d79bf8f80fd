"""voucher: lead a training voucher from issue to use. VoucherIssued, VoucherUsed, VoucherExpired.

In:   IssueVoucher, ClaimVoucher, VerifyVoucher, UseVoucher, ExpireVoucher
Out:  VoucherIssued | VoucherClaimed | VoucherVerified | VoucherUsed | VoucherStepKept |
      VoucherStepDropped | VoucherExpired | CommandRefused
Holds: a voucher is used once at most, by its holder, on a day on which it holds; whatever order the
       messages come in, the steps are taken in theirs.
"""
