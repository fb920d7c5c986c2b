"""The currency in which the shop sells, and how many decimals its prices have."""

from __future__ import annotations

import os

# As `shared/domain/src/money/currency.rs` has them: what is not named here has two.
_NONE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()
_THREE = "BHD JOD KWD OMR TND".split()

CURRENCY = os.environ.get("SOUK_CURRENCY", "USD")
DECIMALS = 0 if CURRENCY in _NONE else 3 if CURRENCY in _THREE else 2
