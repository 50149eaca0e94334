"""Documents as Python text, run where zarrscope is not there: the answers of the fixtures."""

import json
import subprocess
import sys

from answers import CONDITIONED, ROOT, by_node, chosen

# xarray's own spread and sums, without zarrscope's care: the same two cases.
assert len(CONDITIONED) == 2

CHILD = """
import contextlib, io, json, sys, warnings
warnings.simplefilter("ignore")
sys.modules["zarrscope"] = None
sys.path.insert(0, "tests/python")
import xarray as xr
from answers import difference
wrong = []
for name, variable, text, case in json.load(sys.stdin):
    try:
        space = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, name, "exec"), space)
        result = space["result"]
        result = result.to_dataset(name=variable) if isinstance(result, xr.DataArray) else result
        result = result.rename(histogram=variable) if "histogram" in result else result
        problem = "no error" if "error" in case["expected"] else difference(result, variable, case, dtypes=False)
    except Exception as error:
        problem = None if "error" in case["expected"] else f"{type(error).__name__}: {error}"
    if problem:
        wrong.append(f"{name}: {problem}")
try:
    import zarrscope
    wrong.append("zarrscope is there")
except ImportError:
    pass
json.dump(wrong, sys.stdout)
"""


def undated(document):
    """COADS counts from a year that its calendar has not."""
    return {"dated": False} if "coads" in document["source"] else {}


def test_texts_without_the_package():
    found = list(chosen(offset=1))
    texts = by_node("python-text.mjs", [{"document": c["document"], "facts": undated(c["document"])} for _, c in found])
    tasks = []
    for (file, case), text in zip(found, texts):
        if "error" in text:
            assert "error" in case["expected"], (file, case["name"], text)
            continue
        tasks.append((f"{file}: {case['name']}", case["document"]["variable"], text["python"], case))
    # -I: neither this folder nor PYTHONPATH are searched.
    done = subprocess.run(
        [sys.executable, "-I", "-c", CHILD], input=json.dumps(tasks), capture_output=True, text=True, cwd=ROOT, timeout=600
    )
    assert done.returncode == 0, done.stderr
    wrong = json.loads(done.stdout)
    assert not wrong, "\n".join(wrong)
