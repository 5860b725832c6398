"""Topics as they are kept, on every engine."""

import pytest
from delivery_world import NOW

from kikubari.deliver import TopicDefinition, Topics
from kikubari.spec.errors import ConflictError

TEA = TopicDefinition(id="new-tea", name_ja="新しいお茶", name_en="New teas")


def test_a_topic_is_made_once(state):
    topics = Topics(state)
    assert topics.create(TEA, at=NOW).definition == TEA
    with pytest.raises(ConflictError):
        topics.create(TEA, at=NOW)
    assert [one.id for one in topics.list_offered()] == ["new-tea"]
