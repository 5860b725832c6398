"""Every listed fault of either evaluator is noticed."""

import importlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any

import pytest
from agreement import Shop, cases
from meanings import CHECKS
from msgspec import Struct
from mutants import MUTANTS, PINNED, Mutant


@pytest.mark.parametrize("check", CHECKS)
def test_meaning(check) -> None:
    check()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.old} → {mutant.new}")
def test_mutant_is_noticed(shop: Shop, mutant: Mutant) -> None:
    with planted(mutant):
        assert not _suite_passes(shop, mutant.noticed_by)


def _suite_passes(shop: Shop, noticed_by: str) -> bool:
    try:
        if noticed_by == PINNED:
            for check in CHECKS:
                check()
            return True
        shop.engine = shop.new_engine()
        return all(shop.as_set(*case) == shop.one_by_one(*case) for case in cases(noticed_by))
    except Exception:  # noqa: BLE001 - a fault that raises is noticed too
        return False
    finally:
        shop.engine = shop.new_engine()


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Run with a module's functions and constants as the changed source defines them."""
    module = importlib.import_module(mutant.module)
    source = inspect.getsource(module)
    assert mutant.old in source, "the mutant's text is gone: adapt the list"
    changed: dict[str, Any] = dict(vars(module))
    code = compile(source.replace(mutant.old, mutant.new), mutant.module, "exec")
    exec(code, changed)  # noqa: S102 - the module's own source, changed in one place
    codes, constants = [], []
    for original, new in _functions(module, changed):
        codes.append((original, original.__code__))
        original.__code__ = new.__code__
    for name, value in list(vars(module).items()):
        if isinstance(value, str | int | Struct) and changed.get(name) != value:
            constants.extend(_replace(name, value, changed[name]))
    try:
        yield
    finally:
        for original, code in codes:
            original.__code__ = code
        for where, name, value in constants:
            setattr(where, name, value)


def _functions(
    module: ModuleType, changed: dict[str, Any]
) -> Iterator[tuple[FunctionType, FunctionType]]:
    for name, value in list(vars(module).items()):
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if isinstance(value, FunctionType):
            yield value, changed[name]
        elif isinstance(value, type):
            for inner, method in vars(value).items():
                if isinstance(method, FunctionType) and method.__closure__ is None:
                    yield method, vars(changed[name])[inner]


def _replace(name: str, old: Any, new: Any) -> list[tuple[ModuleType, str, Any]]:
    replaced = []
    for module in list(sys.modules.values()):
        if module.__name__.startswith("kikubari.segments") and vars(module).get(name) == old:
            setattr(module, name, new)
            replaced.append((module, name, old))
    return replaced
