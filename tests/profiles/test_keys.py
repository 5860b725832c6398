"""What is sealed for a person can be read until their key is forgotten, and never after."""

import stat

import pytest

from kikubari.profiles import InstanceKey, PersonKeys, SealBrokenError


def test_sealed_payloads_open_again_in_any_process(shop):
    sealed = shop.state.write(lambda c: shop.keys.seal(c, [1, 2, 1, 0], [b"a", b"b", b"c", b"d"]))
    assert len({text[:13] for text in sealed}) == 4
    fresh = PersonKeys(shop.instance_key)
    assert shop.ask(fresh.open, [1, 2, 1, 0], sealed) == [b"a", b"b", b"c", b"d"]
    more = shop.state.write(lambda c: fresh.seal(c, [2], [b"e"]))
    assert shop.ask(shop.keys.open, [2], more) == [b"e"]


def test_a_forgotten_key_takes_everything_with_it_and_never_comes_back(shop):
    sealed = shop.state.write(lambda c: shop.keys.seal(c, [1, 2], [b"a", b"b"]))
    other = PersonKeys(shop.instance_key)
    shop.state.write(lambda c: other.forget(c, [1, 7]))
    assert shop.ask(shop.keys.open, [1, 2], sealed) == [None, b"b"]
    # A writer that still had the key in its cache must not use it.
    again = shop.state.write(lambda c: shop.keys.seal(c, [1, 7], [b"c", b"d"]))
    assert shop.ask(shop.keys.open, [1, 1, 7], [sealed[0], *again]) == [None, None, None]


def test_a_key_made_in_a_rolled_back_transaction_is_not_used_again(shop):
    def fail(connection):
        shop.keys.seal(connection, [1], [b"lost"])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        shop.state.write(fail)
    sealed = shop.state.write(lambda c: shop.keys.seal(c, [1], [b"kept"]))
    assert shop.ask(shop.keys.open, [1], sealed) == [b"kept"]


def test_damage_and_mix_ups_are_found(shop):
    sealed, other = shop.state.write(lambda c: shop.keys.seal(c, [1, 2], [b"text", b"x"]))
    for broken in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x02" + sealed[1:], b"", other):
        with pytest.raises(SealBrokenError):
            shop.ask(shop.keys.open, [1], [broken])
    stranger = PersonKeys(InstanceKey(b"x" * 32))
    with pytest.raises(SealBrokenError, match="number 1"):
        shop.ask(stranger.open, [1], [sealed])


def test_the_instance_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "secrets" / "instance.key"
    made = InstanceKey.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    again = InstanceKey.load_or_create(path)
    assert made.derive("a") == again.derive("a") != again.derive("b")
    path.write_text("not a key")
    with pytest.raises(SealBrokenError, match="instance key"):
        InstanceKey.load_or_create(path)
