"""Drawing the pictures of the help pages: all of them for `make tutorial`, a few as a test."""

import traceback
from pathlib import Path

import pytest
from PIL import Image

from guide.captions import CAPTIONS
from guide.pictures import manifest
from tests.tutorial.conftest import HOME, WRITES
from tests.tutorial.drawing import LARGEST, Artist, differ
from tests.tutorial.walks import SHORT, WALKS

NAMES = [name for captions in CAPTIONS.values() for name in captions]
MOST = 3_000_000
drawing = pytest.mark.skipif(not WRITES, reason="Only `make tutorial` draws anew.")


@drawing
@pytest.mark.browser
def test_draw_every_picture(artist: Artist) -> None:
    failed = []
    for walk in WALKS:
        try:
            walk(artist)
        except Exception:  # noqa: BLE001 - the other walks are drawn all the same
            artist.page.screenshot(path=Path("/tmp") / f"tutorial-{walk.__name__}.png")  # noqa: S108 - for whoever mends it
            failed.append(f"{walk.__module__}.{walk.__name__}\n{traceback.format_exc(limit=-3)}")
    artist.write_manifest()
    assert not failed, "\n".join(failed)
    assert set(artist.drawn) == set(NAMES)


@pytest.mark.skipif(WRITES, reason="Everything is drawn.")
@pytest.mark.browser
def test_draw_a_few(artist: Artist) -> None:
    for walk in SHORT:
        walk(artist)
    assert set(artist.drawn) <= set(NAMES)
    for name, found in artist.drawn.items():
        path = artist.folder / str(found["file"])
        assert path.stat().st_size <= LARGEST, name
        assert Image.open(path).size == (found["width"], found["height"])


def test_have_every_picture() -> None:
    assert set(manifest()) == set(NAMES)
    assert len(NAMES) == len(set(NAMES))
    for name, found in manifest().items():
        path = HOME / str(found["file"])
        assert path.stat().st_size <= LARGEST, name
        assert Image.open(path).size == (found["width"], found["height"])


def test_keep_no_other_picture_and_keep_them_small() -> None:
    files = list(HOME.glob("*.webp"))
    assert {path.stem for path in files} == set(NAMES)
    assert sum(path.stat().st_size for path in files) <= MOST


def test_keep_a_picture_that_shows_the_same(tmp_path: Path) -> None:
    def drawn(colour: int, dots: int) -> bytes:
        image = Image.new("L", (200, 100), 255)
        for dot in range(dots):
            image.putpixel((dot % 200, dot // 200), colour)
        image.save(tmp_path / "one.webp", lossless=True)
        return (tmp_path / "one.webp").read_bytes()

    assert not differ(drawn(0, 3), drawn(20, 3))
    assert differ(drawn(0, 300), drawn(255, 300))
