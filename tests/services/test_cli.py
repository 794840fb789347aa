"""Every command of the table can be loaded and explains itself."""

import pytest
from click.testing import CliRunner

from services.cli import COMMANDS, GROUP_HELP, main


@pytest.mark.parametrize("name", [*COMMANDS, *GROUP_HELP])
def test_each_command_answers_help(name: str) -> None:
    result = CliRunner().invoke(main, [*name.split(), "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["fly"]).exit_code == 2
