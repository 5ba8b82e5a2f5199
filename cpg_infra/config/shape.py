"""Looks into the annotations of the models: which model or type lies at a path."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel


def without_none(annotation: object) -> object:
    """`X` for `X | None` and for `Annotated[X, …]`; every other annotation as it is."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in {Union, UnionType}:
            inner = [part for part in get_args(annotation) if part is not NoneType]
            if len(inner) != 1:
                return annotation
            annotation = inner[0]
        else:
            return annotation


def model_of(annotation: object) -> type[BaseModel] | None:
    """The model that an annotation names, if it names one."""
    inner = without_none(annotation)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def item_of(annotation: object) -> object:
    """The annotation of the items of a tuple or of the values of a dict; None for anything else."""
    inner = without_none(annotation)
    origin, arguments = get_origin(inner), get_args(inner)
    if origin is dict:
        return arguments[1]
    if origin in {tuple, list}:
        return arguments[0]
    return None


def model_at(model: type[BaseModel], steps: Sequence[str | int]) -> type[BaseModel] | None:
    """The model of the value that `steps` lead to, starting at a value of `model`."""
    annotation: object = model
    for step in steps:
        inner = model_of(annotation)
        if inner is not None:
            field = inner.model_fields.get(str(step))
            if field is None:
                return None
            annotation = field.annotation
        else:
            annotation = item_of(annotation)
    return model_of(annotation)
