"""Yuan: money as people read it, out of whole fen; nothing is divided but into yuan and fen."""


def yuan(fen: int) -> str:
    """Write ``1,234.50``; what goes out has a minus."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"
