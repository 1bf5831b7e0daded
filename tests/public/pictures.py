"""Pictures for tests."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


def a_picture() -> SimpleUploadedFile:
    """Return a picture that is recognised on a screenshot: a jar on a plain ground."""
    image = Image.new("RGB", (900, 900), "#d9c7a8")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((270, 250, 630, 760), 60, fill="#4b3020")
    draw.rounded_rectangle((300, 180, 600, 260), 20, fill="#222222")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return SimpleUploadedFile("kit.jpg", out.getvalue(), content_type="image/jpeg")
