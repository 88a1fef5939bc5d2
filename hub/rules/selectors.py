"""Who a word in a rule means: a body, a kind of bodies, or a place relative to the provider.

A selector is a body's id, a kind (``prefecture``, ``municipality``, one declared by ``[[kind]]``),
``own:<unit>`` for a unit or system of the provider itself, one of the relative words below, or
``*`` in a forbidden edge. Whether a selector fits depends on two things only: the traits of a body,
and how the recipient stands to the provider. So bodies that no selector tells apart share a class.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.vocabulary.organisations import Directory, Organisation

ANY = "*"
OWN_PREFIX = "own:"


class Relation(IntEnum):
    """How a recipient stands to the provider."""

    SAME = 0  # the very body
    UNIT = 1  # a unit or system of the provider
    NEAR = 2  # another local body of the same prefecture
    FAR = 3  # everybody else

    # An enumeration hashes by name, in Python; a relation is part of a key on the hot path.
    __hash__ = int.__hash__


_OTHER = frozenset({Relation.NEAR, Relation.FAR})
_ALL = frozenset(Relation)

# Word: the trait that the recipient needs, and the relations in which the word fits.
RELATIVE: dict[str, tuple[str, frozenset[Relation]]] = {
    "prefecture-of-provider": ("prefecture", frozenset({Relation.SAME, Relation.NEAR})),
    "other-prefecture": ("prefecture", frozenset({Relation.FAR})),
    "other-municipality": ("municipality", _OTHER),
    "municipality-in-prefecture": ("municipality", frozenset({Relation.NEAR})),
    "municipality-outside-prefecture": ("municipality", frozenset({Relation.FAR})),
    "provider-itself": (ANY, frozenset({Relation.SAME})),
}
KINDS = frozenset({"municipality", "designated-city", "prefecture", "ward"})


class Standing(NamedTuple):
    """What of a body decides which selectors fit it.

    ``prefecture`` is the id of the one it lies in, or empty; ``home`` the body it is a unit of,
    ``*`` for a generic unit, which is always the provider's own, or empty.
    """

    id: str
    traits: frozenset[str]
    prefecture: str
    home: str


class Kind(NamedTuple):
    """A declared kind of bodies: by their kinds in the directory, by name, and without some."""

    id: str
    name: str
    kinds: frozenset[str]
    bodies: frozenset[str]
    exceptions: frozenset[str]
    designated: bool


def relation(provider: Standing, recipient: Standing) -> Relation:
    """Say how a recipient stands to a provider."""
    if recipient.id == provider.id:
        return Relation.SAME
    if recipient.home:
        return Relation.UNIT if recipient.home in (ANY, provider.id) else Relation.FAR
    if recipient.prefecture == provider.prefecture != "":
        return Relation.NEAR
    return Relation.FAR


def trait_of(selector: str) -> str:
    """Give the trait a selector asks for: ``*`` where it asks for none."""
    return RELATIVE[selector][0] if selector in RELATIVE else selector


def relations_of(selector: str) -> frozenset[Relation]:
    """Give the relations in which a selector may fit."""
    if selector in RELATIVE:
        return RELATIVE[selector][1]
    # A unit that provides (own:municipal-cs) may be asked about with itself as recipient.
    own = frozenset({Relation.UNIT, Relation.SAME})
    return own if selector.startswith(OWN_PREFIX) else _ALL


def fits(selector: str, traits: frozenset[str], how: Relation) -> bool:
    """Say whether a selector fits a recipient of these traits that stands so to the provider."""
    trait = trait_of(selector)
    return (trait == ANY or trait in traits) and how in relations_of(selector)


def provides(selector: str, traits: frozenset[str]) -> bool:
    """Say whether a selector fits a provider of these traits; no relative word ever does."""
    return selector == ANY or selector in traits


def standings(directory: Directory, kinds: Iterable[Kind]) -> dict[str, Standing]:
    """Give the standing of every body of the directory."""
    declared = list(kinds)
    return {body.id: _standing(body, directory, declared) for body in directory}


def _standing(body: Organisation, directory: Directory, kinds: list[Kind]) -> Standing:
    traits = {body.id, body.kind}
    has_wards = bool(directory.wards_of(body.id))
    if body.is_municipality:
        traits.add("municipality")
        if has_wards:
            traits.add("designated-city")
    traits.update(kind.id for kind in kinds if _belongs(body, kind, has_wards=has_wards))
    home = _home(body)
    if home:
        traits.add(OWN_PREFIX + body.kind)
    prefecture = None if home else directory.prefecture_of(body)
    return Standing(body.id, frozenset(traits), prefecture.id if prefecture else "", home)


def _home(body: Organisation) -> str:
    if body.id.startswith(OWN_PREFIX):
        return ANY
    return "" if body.id.isdigit() else body.parent or ""


def _belongs(body: Organisation, kind: Kind, *, has_wards: bool) -> bool:
    if body.id in kind.exceptions:
        return False
    named = body.id in kind.bodies or body.kind in kind.kinds
    return named or (kind.designated and has_wards)
