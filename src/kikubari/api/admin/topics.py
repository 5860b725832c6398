"""Topics that customers choose from, and the words under which they are asked for consent."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import Topic, TopicCount, TopicDefinition
from kikubari.profiles import Wording, WordingText, WordingUse

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000)]


class TopicChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic worded anew; a retired one is offered no more."""

    name_ja: str
    name_en: str
    description_ja: str = ""
    description_en: str = ""
    is_retired: bool = False


class TopicAnswer(msgspec.Struct, frozen=True):
    """What customers said of one topic; most say nothing, which is yes."""

    id: str
    count: TopicCount


@get("/topics", guards=[requires("read")], sync_to_thread=True)
def list_topics(services: NamedDependency[Services]) -> list[Topic]:
    """List all topics, retired ones too."""
    return services.topics.list_all()


@post("/topics", guards=[requires("write")], sync_to_thread=True)
def create_topic(services: NamedDependency[Services], data: JSONBody[TopicDefinition]) -> Topic:
    """Add a topic; the preference centre and the subscription form offer it from now on."""
    return services.topics.create(data, at=services.clock.now())


@get("/topics/counts", guards=[requires("read")], sync_to_thread=True)
def count_topic_wishes(services: NamedDependency[Services]) -> list[TopicAnswer]:
    """Say how many customers want to read about each topic, and how many do not."""
    counts = services.topics.count_words()
    return [
        TopicAnswer(one.definition.id, counts.get(one.definition.id, TopicCount()))
        for one in services.topics.list_all()
    ]


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


@get("/consent/uses", guards=[requires("read")], sync_to_thread=True)
def list_wording_uses(
    services: NamedDependency[Services], offset: Offset = 0, limit: Limit = 200
) -> list[WordingUse]:
    """List under which words and where consents were given, the most frequent first."""
    with services.store.read() as connection:
        found = services.consents.list_wording_uses(connection)
    return found[offset : offset + limit]


@post("/consent/wordings", guards=[requires("admin")], sync_to_thread=True)
def create_wording(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[WordingText],
) -> Wording:
    """Add a version, which is shown from now on; earlier ones stay as they were."""
    return services.wordings.create(data, at=services.clock.now(), by=request.user.name)


@post(
    "/consent/wordings/{version:str}/retire",
    guards=[requires("admin")],
    sync_to_thread=True,
    status_code=200,
)
def retire_wording(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    version: FromPath[str],
) -> Wording:
    """Let nobody agree under a version any more; consents given under it stay as they are."""
    return services.wordings.retire(version, at=services.clock.now(), by=request.user.name)


topic_handlers = [
    list_topics,
    count_topic_wishes,
    create_topic,
    change_topic,
    list_wordings,
    list_wording_uses,
    create_wording,
    retire_wording,
]
