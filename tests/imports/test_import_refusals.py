"""What the server says to an import that it does not take: a code and a sentence, no traceback."""

import httpx
import pytest

from kikubari.cli.connection import RemoteError
from kikubari.cli.importing import TrackingSink
from kikubari.collect.imports import ImportProgress
from kikubari.spec.errors import UnavailableError


class Answering:
    """A client whose server answers one thing."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer

    def send_batch(self, write_key, messages):
        return self.answer


def append(answer, n_messages=1):
    progress = ImportProgress(rows=0, messages=0, problems=0, bytes_read=0, bytes_total=1)
    return TrackingSink(Answering(answer), "key").append([{}] * n_messages, progress)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (
            httpx.Response(401, json={"code": "unauthorized", "message": "no such key"}),
            "unauthorized",
        ),
        (httpx.Response(413, json={"error": {"code": "too_large", "message": "?"}}), "too_large"),
        (httpx.Response(404, html="<p>a proxy of somebody's</p>"), "internal"),
        (httpx.Response(400, json=["no object"]), "internal"),
    ],
)
def test_a_refusal_of_the_whole_batch_is_told_by_its_code(answer, code):
    with pytest.raises(RemoteError) as refused:
        append(answer)
    assert refused.value.remote_code == code


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_is_to_be_tried_again(status):
    with pytest.raises(UnavailableError) as refused:
        append(httpx.Response(status, headers={"retry-after": "7"}, html="<p>busy</p>"))
    assert refused.value.retry_after_seconds == 7


def test_single_rows_that_are_refused_are_counted():
    errors = [{"index": 1, "code": "no_id", "reason": "nobody is named"}]
    taken = append(httpx.Response(200, json={"errors": errors}), 3)
    assert taken.accepted == 2
    assert [one.code for one in taken.rejected] == ["no_id"]
