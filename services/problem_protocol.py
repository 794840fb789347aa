"""What uvicorn refuses before an app hears of it, answered as the app answers: with problem details."""

from http import HTTPStatus

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

UNREADABLE = "The request is no HTTP, or its address has more than 65,535 characters."


class ProblemProtocol(HttpToolsProtocol):
    """Answers what cannot be read in the words of its app, which `unreadable` gives, instead of plain text."""

    def unreadable(self) -> Response:
        """Return the answer to what is no HTTP."""
        raise NotImplementedError

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong and hang up; the parser's own words are for the log, which has them."""
        del msg
        answer = self.unreadable()
        status = HTTPStatus(answer.status_code)
        head = [f"HTTP/1.1 {status} {status.phrase}".encode()]
        head += [b"%b: %b" % pair for pair in (*self.server_state.default_headers, *answer.raw_headers)]
        self.transport.write(b"\r\n".join([*head, b"connection: close", b"", bytes(answer.body)]))
        self.transport.close()
