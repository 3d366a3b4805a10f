"""Reads ILR files of any year, learner by learner, in bounded memory.

Source of the structure: the ILR specifications 2018-19 to 2025-26 (Message, LearningProvider, Learner,
LearningDelivery). Elements are matched by local name in any case, since real files disagree on both. DTDs,
entities and external references are refused before they are expanded; XInclude is an element of another
namespace, and refused as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from data.errors import Refused
from data.importers.sources import MEGABYTE, Source

PIECE = 64 * 1024
MAX_ELEMENT_BYTES = MEGABYTE
MAX_TEXT = 10_000
MAX_DEPTH = 12
MAX_DELIVERIES = 500
NOT_AN_ILR = "isn't an ILR: it doesn't begin with a Message of the ILR. Export the ILR as XML and try again."
Fields = dict[str, str]


@dataclass(slots=True)
class RawDelivery:
    """One LearningDelivery: the line that it begins on, and its fields by lower-case local name."""

    line: int
    fields: Fields = field(default_factory=dict)


@dataclass(slots=True)
class RawLearner:
    line: int
    ukprn: str
    fields: Fields = field(default_factory=dict)
    deliveries: list[RawDelivery] = field(default_factory=list)


def read_learners(source: Source) -> Iterator[tuple[RawLearner, int]]:
    """Each learner of an ILR with the bytes read so far. Raises Refused where it isn't a safe ILR."""
    message = _Message(source.name)
    parser = DefusedXMLParser(target=message, forbid_dtd=True)
    message.position = parser.parser
    read = 0
    try:
        while piece := source.stream.read(PIECE):
            read += len(piece)
            parser.feed(piece)
            if read - parser.parser.CurrentByteIndex > MAX_ELEMENT_BYTES:
                raise Refused(f"{source.name} holds an element of more than a megabyte, as no ILR does.")
            yield from ((learner, read) for learner in message.take())
        parser.close()
    except DefusedXmlException as error:
        raise Refused(
            f"{source.name} declares a document type or entities, which no ILR does"
            " and which can be used for attacks. Export the ILR again."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Refused(f"{source.name} isn't well-formed XML ({error}). Export the ILR again.") from error
    yield from ((learner, read) for learner in message.take())
    if not message.ukprn:
        raise Refused(f"{source.name} {NOT_AN_ILR}")


class _Message:
    """Takes the parser's events and builds learners, one at a time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ukprn = ""
        self.position: object = None
        self._namespace: str | None = None
        self._path: list[str] = []
        self._text: list[str] = []
        self._text_length = 0
        self._learner: RawLearner | None = None
        self._done: list[RawLearner] = []

    def take(self) -> list[RawLearner]:
        done, self._done = self._done, []
        return done

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        namespace, name = _split(tag)
        if self._namespace is None:
            self._begin(namespace, name)
        elif namespace != self._namespace:
            raise Refused(
                f"{self.name}, line {self._line}: the element {name} is in another namespace than the"
                " rest of the file. Export the ILR again from one system."
            )
        self._path.append(name)
        self._text, self._text_length = [], 0
        if len(self._path) > MAX_DEPTH:
            raise Refused(f"{self.name}, line {self._line}: elements lie deeper than in any ILR.")
        if self._path == ["message", "learner"]:
            self._begin_learner()
        elif self._path == ["message", "learner", "learningdelivery"] and self._learner:
            if len(self._learner.deliveries) >= MAX_DELIVERIES:
                raise Refused(
                    f"{self.name}, line {self._line}: a learner with more than {MAX_DELIVERIES} aims."
                )
            self._learner.deliveries.append(RawDelivery(self._line))

    def data(self, text: str) -> None:
        self._text_length += len(text)
        if self._text_length > MAX_TEXT:
            raise Refused(f"{self.name}, line {self._line}: a text longer than any field of the ILR.")
        self._text.append(text)

    def end(self, _tag: str) -> None:
        path, text = self._path, "".join(self._text).strip()
        self._text, self._text_length = [], 0
        if path == ["message", "learningprovider", "ukprn"]:
            self.ukprn = text
        elif path[:2] == ["message", "learner"] and self._learner:
            if len(path) == 3 and path[2] != "learningdelivery":
                self._learner.fields.setdefault(path[2], text)
            elif len(path) == 4 and path[2] == "learningdelivery":
                self._learner.deliveries[-1].fields.setdefault(path[3], text)
            elif len(path) == 2:
                self._done.append(self._learner)
                self._learner = None
        path.pop()

    def close(self) -> None:
        """Part of the parser's protocol; there is nothing left to do."""

    def _begin(self, namespace: str, name: str) -> None:
        if name != "message" or (namespace and "ilr" not in namespace.lower()):
            raise Refused(f"{self.name} {NOT_AN_ILR}")
        self._namespace = namespace

    def _begin_learner(self) -> None:
        if not self.ukprn:
            raise Refused(f"{self.name}, line {self._line}: a learner before the provider's UKPRN.")
        self._learner = RawLearner(self._line, self.ukprn)

    @property
    def _line(self) -> int:
        return int(getattr(self.position, "CurrentLineNumber", 0))


def _split(tag: str) -> tuple[str, str]:
    """Namespace and lower-case local name of '{namespace}Name'."""
    namespace, _, name = tag.rpartition("}")
    return namespace.removeprefix("{"), name.lower()
