"""The file of synonyms: shown, or put in the place of the one that is there."""
from pathlib import Path

from .console import Failure
from .shop import Shop
from .users import sign_in

PATH = "/admin/search/synonyms"


def show(stack, outputs):
    """The file as it is now, line by line."""
    return _read(_operator(stack, outputs))["lines"]


def put(stack, outputs, file):
    """Put a file in the place of the version that is there; its own version. Each line that cannot be read is told."""
    operator = _operator(stack, outputs)
    lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    headers = {"If-Match": f'"{_read(operator)["version"]}"'}
    answer, _ = operator.call("PUT", PATH, {"lines": lines}, headers, expect=(200, 400, 412))
    if "version" not in answer:
        problems = [f"  {error['detail']}" for error in answer.get("errors", [])] or [f"  {answer.get('detail')}"]
        raise Failure("\n".join([f"{file} was not put, the former words hold:", *problems]))
    return answer["version"]


def _operator(stack, outputs):
    operator = Shop(outputs["api_url"])
    operator.token = sign_in(stack, outputs["user_pool_client_id"], "operator")
    return operator


def _read(operator):
    answer, _ = operator.call("GET", PATH)
    return answer
