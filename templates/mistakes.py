"""What is wrong with a template, said with its file, its line and the remedy."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

from jinja2 import TemplateNotFound, TemplateSyntaxError

_HELP = "what a template may use stands in templates/README.md"


class TemplateError(Exception):
    """A template cannot make a draft. The message names file, line and remedy; nothing must be posted."""


class WrongVoice(TemplateError):
    """The draft says du where the route wants Sie, or the other way; `sentence` is the one that offends."""

    def __init__(self, message: str, *, sentence: str) -> None:
        super().__init__(message)
        self.sentence = sentence


@contextmanager
def explained(template: str, folders: Sequence[Path]) -> Iterator[None]:
    """Whatever goes wrong with a template from these folders is a `TemplateError`: it is held, never sent."""
    try:
        yield
    except TemplateSyntaxError as error:
        place = f"{error.filename or error.name or template}, line {error.lineno}"
        raise TemplateError(f"{place}: {str(error.message).rstrip('.')}. Correct this line; {_HELP}.") from error
    except TemplateNotFound as error:
        raise TemplateError(
            f"there is no template {error.name!r} in {', '.join(map(str, folders))}. "
            f"Write that file, or name another template in the route."
        ) from error
    except (RecursionError, SyntaxError, MemoryError) as error:  # Python's own ways to call it too deep
        raise TemplateError(
            f"{template}: brackets or blocks too deep for anybody to read. Simplify it; {_HELP}."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"the template {template!r} cannot be read: {error}. Save it as UTF-8 text.") from error
    except Exception as error:
        place = _place(error, folders) or template
        reason = str(error) or type(error).__name__
        raise TemplateError(f"{place}: {reason.rstrip('.')}. Correct the template; {_HELP}.") from error


def _place(error: Exception, folders: Sequence[Path]) -> str:
    """The file and the line of a template that came last before the error; empty if none did."""
    frames = [(Path(frame.filename), frame.lineno) for frame in extract_tb(error.__traceback__)]
    places = [
        f"{path.relative_to(folder)}, line {line}"
        for path, line in frames
        for folder in folders
        if path.suffix != ".py" and path.is_relative_to(folder)
    ]
    return places[-1] if places else ""
