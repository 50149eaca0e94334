"""What `zarrscope.run` makes of the cases of the fixtures. (The answers themselves are read without the package, too.)"""

import zarrscope
from answers import difference


def outcome(document, client=None):
    """A document's Dataset, or the code of the error that it raises."""
    try:
        return zarrscope.run(document, client)
    except zarrscope.ZarrscopeError as error:
        return error.code


def problem_with(case, client=None):
    """What is wrong with what `run` makes of a case's document; None if nothing is."""
    got, wanted = outcome(case["document"], client), case["expected"].get("error")
    if isinstance(got, str) or wanted:
        problem = None if got == wanted else f"{got} instead of {wanted}"
    else:
        problem = difference(got, case["document"]["variable"], case)
    return problem and f"{case['name']}: {problem}"
