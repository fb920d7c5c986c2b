"""Step Functions begins an execution at once; stock ministack sleeps 150 ms first."""
import time
import types

from .hooks import require


def apply():
    import ministack.services.stepfunctions as sfn

    require(sfn, "time")
    clock = types.SimpleNamespace(**{k: getattr(time, k) for k in dir(time) if not k.startswith("__")})
    clock.sleep = lambda seconds: time.sleep(0.005 if seconds == 0.15 else seconds)
    sfn.time = clock
