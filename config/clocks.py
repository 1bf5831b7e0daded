"""Who plans by a merchant's clock: dotted paths of `def f(*, now) -> int`, called where its time zone is changed."""

CLOCKS: dict[str, str] = {
    "exports": "exports.defining.go_by_new_clock",
}
