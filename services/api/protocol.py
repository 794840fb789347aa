"""The API's answer to what is no HTTP."""

from http import HTTPStatus

from starlette.responses import Response

from services.api.problems import problem
from services.problem_protocol import UNREADABLE, ProblemProtocol


class ApiProtocol(ProblemProtocol):
    """Answers with `services.api.problems`."""

    def unreadable(self) -> Response:
        """Return the answer to what is no HTTP."""
        return problem(HTTPStatus.BAD_REQUEST, UNREADABLE)
