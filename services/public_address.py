"""Addresses as they may be shown."""

from urllib.parse import urlsplit, urlunsplit


def public_address(url: str | None) -> str | None:
    """Return an address without the name and the password in it, for manifests, pages and logs.

    Parameters
    ----------
    url : str, optional
        An address, or a path, which is given back as it is.

    Returns
    -------
    str or None
        ``None`` for ``None``.
    """
    if url is None or "@" not in url:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
