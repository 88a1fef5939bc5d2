"""Property tests run the same everywhere: no time limit of their own on a shared core."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("hub", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("hub")
