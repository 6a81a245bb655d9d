"""Executes notebooks and keeps them, with their outputs, in a folder: python execute.py FOLDER NOTEBOOK…

A cell that fails is shown with its words and ends in exit code 1. All run at once, each with a Python of its own, in
the folder where the notebook lies; OUTRIDER_OUT says which runs they read.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

# For one cell. The slowest takes three seconds on a machine that is busy with nothing else.
LIMIT_SECS = 120


async def execute(path, folder, runtime):
    """Whether all cells did what they should; what was printed and drawn is kept in any case."""
    import nbformat
    from jupyter_client import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    # Sockets that are files in a folder of ours: no port.
    place = f"{runtime}/{path.stem}"
    kernel = AsyncKernelManager(kernel_name="python3", connection_file=f"{place}.json", transport="ipc", ip=place)
    client = NotebookClient(notebook, km=kernel, timeout=LIMIT_SECS, resources={"metadata": {"path": str(path.parent)}})
    try:
        await client.async_execute()
    # The last one is what Jupyter raises where a kernel does not start.
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as fault:
        print(f"{path.name}: {without_colours(str(fault))}\ntest {path.name} ... FAILED")
        return False
    finally:
        # A kernel that was given is left to the giver.
        await kernel.shutdown_kernel(now=True)
        nbformat.write(notebook, folder / path.name)
    print(f"test {path.name} ... ok")
    return True


def without_colours(text):
    """Tracebacks come with the escapes of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


async def execute_all(paths, folder, runtime):
    return await asyncio.gather(*(execute(path, folder, runtime) for path in paths))


def main(folder, *paths):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="outrider-") as runtime:
        # Before Jupyter is loaded, which reads them then: nothing of the user's own Jupyter is read or written.
        os.environ.update(JUPYTER_RUNTIME_DIR=runtime, JUPYTER_CONFIG_DIR=runtime, IPYTHONDIR=runtime, JUPYTER_PREFER_ENV_PATH="1")
        outcomes = asyncio.run(execute_all([Path(path).absolute() for path in paths], folder, runtime))
    failed = outcomes.count(False)
    print(f"test result: {'FAILED' if failed else 'ok'}. {len(outcomes) - failed} passed; {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
