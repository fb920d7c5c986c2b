"""Makes the package importable wherever the tests are started from; imported before anything of it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
