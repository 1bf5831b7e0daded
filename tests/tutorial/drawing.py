"""A browser that draws pictures: rings around what matters, small files, and only where something has changed."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, expect

DESK = {"width": 1440, "height": 900}
# A help page of ten pictures is to load in a moment, and the whole set to stay small in the repository.
LARGEST = 62_000
QUALITIES = (80, 70, 60, 50, 40, 30)
# A picture is kept where hardly a pixel differs much: minutes go by between two runs.
MUCH, FEW = 48, 0.0015
# Links of their own that differ from run to run.
SECRET = "https://claims.example/track/your-private-link/"
RINGS = """places => {
  const layer = document.createElement("div");
  layer.id = "tutorial-rings";
  layer.popover = "manual";
  Object.assign(layer.style, { position: "fixed", inset: "0", width: "100%", height: "100%", margin: "0", padding: "0", border: "0",
    background: "none", overflow: "visible", pointerEvents: "none" });
  document.body.append(layer);
  for (const { x, y, width, height } of places) {
    const ring = document.createElement("div");
    Object.assign(ring.style, { position: "fixed", left: `${x - 6}px`, top: `${y - 6}px`, width: `${width + 12}px`, height: `${height + 12}px`,
      boxSizing: "border-box", border: "3px solid #d4380d", borderRadius: "10px", boxShadow: "0 0 0 3px rgb(255 255 255 / .85)" });
    layer.append(ring);
  }
  layer.showPopover();
}"""
# A tall place is shown from its top, below the bar that stays.
SHOW = """place => {
  const { top, bottom, height } = place.getBoundingClientRect();
  if (top > 70 && bottom < innerHeight - 10) return;
  place.style.scrollMarginTop = "84px";
  place.scrollIntoView({ block: height > innerHeight - 120 ? "start" : "center", inline: "nearest", behavior: "instant" });
}"""
MASK = """secret => {
  for (const field of document.querySelectorAll("input[readonly]")) field.value = field.value.replace(location.origin, "https://claims.example");
  for (const field of document.querySelectorAll("input[readonly]")) if (/\\/track\\//.test(field.value)) field.value = secret;
  document.querySelectorAll(".toast").forEach(one => one.remove());
  document.activeElement?.blur?.();
}"""


class Artist:
    """Draws the pictures of one run into a folder, beside a manifest with their sizes."""

    def __init__(self, page: Page, base: str, folder: Path) -> None:
        self.page = page
        self.base = base
        self.folder = folder
        self.drawn: dict[str, dict[str, Any]] = {}

    def go(self, path: str) -> None:
        """Open an address of the demo's merchant."""
        self.page.goto(f"{self.base}/m/brew-bloom/{path}")

    def picture(self, name: str, *focus: Locator, crop: Locator | None = None, keep_focus: bool = False) -> None:
        """Draw the page as it is, with a ring around each place; cropped to an element and its surroundings if given.

        Fails where a place is not to be seen: the picture would show nothing of what its caption says.
        """
        for place in focus:
            expect(place.first).to_be_visible(timeout=60_000)
        if focus:
            focus[0].first.evaluate(SHOW)
        self.page.evaluate("document.fonts.ready")
        if not keep_focus:
            self.page.evaluate(MASK, SECRET)
        self.page.evaluate(RINGS, [place.first.bounding_box() for place in focus])
        data, (width, height) = self._shoot(self._area(crop))
        self.page.evaluate("document.getElementById('tutorial-rings').remove()")
        self._keep(name, data)
        self.drawn[name] = {"file": f"{name}.webp", "width": width, "height": height}

    def _area(self, crop: Locator | None) -> dict[str, float]:
        size = self.page.viewport_size or DESK
        whole = {"x": 0.0, "y": 0.0, "width": float(size["width"]), "height": float(size["height"])}
        box = crop.first.bounding_box() if crop else None
        if box is None:
            return whole
        left, top = max(box["x"] - 24, 0), max(box["y"] - 80, 0)
        right = min(box["x"] + box["width"] + 24, whole["width"])
        bottom = min(box["y"] + box["height"] + 24, whole["height"])
        return {"x": left, "y": top, "width": right - left, "height": bottom - top}

    def _shoot(self, area: dict[str, float]) -> tuple[bytes, tuple[int, int]]:
        session = self.page.context.new_cdp_session(self.page)
        across, down = self.page.evaluate("[scrollX, scrollY]")
        place = area | {"x": area["x"] + across, "y": area["y"] + down}
        for quality in QUALITIES:
            asked = {"format": "webp", "quality": quality, "clip": place | {"scale": 1}}
            data = base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])
            if len(data) <= LARGEST:
                break
        session.detach()
        assert len(data) <= LARGEST, f"{len(data)} bytes"
        return data, Image.open(io.BytesIO(data)).size

    def _keep(self, name: str, data: bytes) -> None:
        path = self.folder / f"{name}.webp"
        old = path.read_bytes() if path.exists() else b""
        if not old or len(old) > LARGEST or differ(old, data):
            path.write_bytes(data)

    def write_manifest(self) -> None:
        """Say in pictures.json what was drawn, and remove what is drawn no more."""
        lines = [f"  {json.dumps(name)}: {json.dumps(found)}" for name, found in sorted(self.drawn.items())]
        (self.folder / "pictures.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        for path in self.folder.glob("*.webp"):
            if path.stem not in self.drawn:
                path.unlink()


def differ(old: bytes, new: bytes) -> bool:
    """Say whether somebody would see a difference between two pictures."""
    before, after = (Image.open(io.BytesIO(data)).convert("L") for data in (old, new))
    if before.size != after.size:
        return True
    counts = ImageChops.difference(before, after).histogram()
    return sum(counts[MUCH:]) > FEW * before.width * before.height
