"""Interruption: what the command line says when somebody stops it; light, for `entry` loads it."""

STOPPED = "已停止，数据都在。"
