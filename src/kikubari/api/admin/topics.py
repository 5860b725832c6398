"""Topics that customers choose from, and the words under which they are asked for consent."""

from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import Topic, TopicDefinition
from kikubari.profiles import Wording, WordingText


class TopicChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic worded anew; a retired one is offered no more."""

    name_ja: str
    name_en: str
    description_ja: str = ""
    description_en: str = ""
    is_retired: bool = False


@get("/topics", guards=[requires("read")], sync_to_thread=True)
def list_topics(services: NamedDependency[Services]) -> list[Topic]:
    """List all topics, retired ones too."""
    return services.topics.list_all()


@post("/topics", guards=[requires("write")], sync_to_thread=True)
def create_topic(services: NamedDependency[Services], data: JSONBody[TopicDefinition]) -> Topic:
    """Add a topic; the preference centre and the subscription form offer it from now on."""
    return services.topics.create(data, at=services.clock.now())


@put("/topics/{topic_id:str}", guards=[requires("write")], sync_to_thread=True)
def change_topic(
    services: NamedDependency[Services], topic_id: FromPath[str], data: JSONBody[TopicChange]
) -> Topic:
    """Word a topic anew, retire it or bring it back."""
    worded = TopicDefinition(
        id=topic_id,
        name_ja=data.name_ja,
        name_en=data.name_en,
        description_ja=data.description_ja,
        description_en=data.description_en,
    )
    return services.topics.change(worded, is_retired=data.is_retired)


@get("/consent/wordings", guards=[requires("read")], sync_to_thread=True)
def list_wordings(services: NamedDependency[Services]) -> list[Wording]:
    """List every version of the words, oldest first; each ledger entry names the one shown."""
    return services.wordings.list_all()


@post("/consent/wordings", guards=[requires("admin")], sync_to_thread=True)
def create_wording(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[WordingText],
) -> Wording:
    """Add a version, which is shown from now on; earlier ones stay as they were."""
    return services.wordings.create(data, at=services.clock.now(), by=request.user.name)


topic_handlers = [list_topics, create_topic, change_topic, list_wordings, create_wording]
