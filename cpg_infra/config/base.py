"""What every configuration model shares: frozen values, unknown keys refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NoReturn, Self, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.functional_validators import AfterValidator

Key = TypeVar('Key')
Item = TypeVar('Item')


class FrozenMap(dict[Key, Item]):
    """A dict that refuses every change, so that a frozen model is frozen all the way down.

    It stays a dict subclass because pydantic, json and `==` then need no special case.
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError('configuration values are immutable')

    __setitem__ = _refuse
    __delitem__ = _refuse
    __ior__ = _refuse
    clear = _refuse
    pop = _refuse
    popitem = _refuse
    setdefault = _refuse
    update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # dict sets it to None; ours cannot change
        return hash(frozenset(self))

    def __reduce__(self) -> tuple[type[FrozenMap[Key, Item]], tuple[dict[Key, Item]]]:
        return type(self), (dict(self),)


Frozen = AfterValidator(lambda value: FrozenMap(value) if isinstance(value, Mapping) else value)
"""Annotation for mapping fields: the validated dict becomes a `FrozenMap`."""

FrozenDict = Annotated[dict[Key, Item], Frozen]


class Model(BaseModel):
    """Base of all configuration models.

    Pydantic's default coercion applies (a number written as a string is a number);
    unknown keys are an error, and an instance never changes after construction.
    """

    # A key that is a word of Python has another name in the model; written out, it is the key again.
    model_config = ConfigDict(frozen=True, extra='forbid', serialize_by_alias=True)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Validate plain data.

        Raises `pydantic.ValidationError` when keys, types or enumerations are wrong.
        """
        return cls.model_validate(value)


def resolve_nested(model: type[Model]) -> None:
    """Resolve the annotations of the models inside `model`, innermost first.

    A class body cannot name the class that it is in, so nested models refer to each other by text. Pydantic would
    resolve that when it is first needed; whoever walks the fields before must not meet the text.
    """
    for inner in vars(model).values():
        if isinstance(inner, type) and issubclass(inner, Model) and inner is not model:
            resolve_nested(inner)
            inner.model_rebuild()
