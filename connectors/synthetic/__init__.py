"""Our own generator of invented residents and of plausible life; nobody in it exists.

``Population`` makes a town: ``residents()`` for the baseline, ``notices()`` for the change notices
that follow. Everything is a pure function of seed, town and number (see ``timeline``), so memory
is flat however many residents there are. ``CODE_RANGE`` is where all 住民票コード lie.
"""

from __future__ import annotations

from connectors.synthetic.bad_lines import bad_lines, json_line
from connectors.synthetic.codes import CODE_RANGE
from connectors.synthetic.life import Items
from connectors.synthetic.population import USUAL_RATE, Population

__all__ = ["CODE_RANGE", "USUAL_RATE", "Items", "Population", "bad_lines", "json_line"]
