"""What uvicorn refuses before the app hears of it, answered as the app answers: with problem details."""

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.api.problems import problem

UNREADABLE = "The request is no HTTP, or its address has more than 65,535 characters."


class ProblemProtocol(HttpToolsProtocol):
    """Answers what cannot be read with `services.api.problems` instead of plain text."""

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong and hang up; the parser's own words are for the log, which has them."""
        del msg
        status = HTTPStatus.BAD_REQUEST
        answer = problem(status, UNREADABLE, {"Connection": "close"})
        head = [f"HTTP/1.1 {status} {status.phrase}".encode()]
        head += [b"%b: %b" % pair for pair in (*self.server_state.default_headers, *answer.raw_headers)]
        self.transport.write(b"\r\n".join([*head, b"", bytes(answer.body)]))
        self.transport.close()
