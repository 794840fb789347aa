"""The base of every message, and how one becomes bytes and comes back."""

from typing import TypeVar

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A value that travels on a topic: frozen, checked when decoded, JSON on the wire.

    Unknown fields are ignored and new fields are optional, so old readers and
    new writers understand each other. Nothing in a message can hold the message
    itself, so none is walked through in search of cycles.
    """


M = TypeVar("M", bound=Message)


def encode(message: Message) -> bytes:
    """Turn a message into its JSON bytes.

    Parameters
    ----------
    message : Message
        The message to write.

    Returns
    -------
    bytes
        UTF-8 JSON, default values left out.
    """
    return msgspec.json.encode(message)


def decode(kind: type[M], data: bytes) -> M:
    """Turn JSON bytes into a checked message.

    Parameters
    ----------
    kind : type of Message
        What the bytes should hold.
    data : bytes
        UTF-8 JSON.

    Returns
    -------
    Message
        The message, every field inside its range.

    Raises
    ------
    msgspec.DecodeError
        If the bytes are not JSON.
    msgspec.ValidationError
        If a field is absent, of another type or out of its range; the text
        names the field.
    """
    return msgspec.json.decode(data, type=kind)
