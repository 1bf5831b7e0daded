"""Every room has a floor, and nothing stands beside the rooms."""

from tests.architecture.house import OTHER, ROOMS, ROOT


def test_find_no_package_without_a_floor() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    packages = {folder for folder in folders if (ROOT / folder / "__init__.py").exists()}
    assert packages - OTHER - set(ROOMS) == set()


def test_find_no_stray_module_at_the_top() -> None:
    assert [path.name for path in ROOT.glob("*.py")] == ["manage.py"]


def test_name_every_room_in_the_contract() -> None:
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert [room for room in ROOMS if (ROOT / room / "__init__.py").exists() and f'"{room}' not in contract] == []
