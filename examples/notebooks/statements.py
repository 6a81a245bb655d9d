"""Runs the SQL that a guide shows, as it is shown: python statements.py ENGINE GUIDE

ENGINE is duckdb or clickhouse; the statements are those in fences marked `sql` (DuckDB) or `sql clickhouse`. The
folder of runs is the current one. A statement that fails, or that answers nothing, is shown and ends in exit code 1.
"""

import re
import sys
from pathlib import Path

# The run that guides speak of; what runs in its place is the last one here.
EXAMPLE_RUN = "20260131T120000Z-4f2a9c"
FENCES = {"duckdb": "sql", "clickhouse": "sql clickhouse"}


def statements(guide, fence):
    """The statements in the guide's fences of this mark, in their order."""
    blocks = re.findall(rf"^```{fence}\n(.*?)^```$", guide, flags=re.M | re.S)
    run = max(path.parent.name for path in Path().glob("runs/*/outcome.json"))
    for statement in ";\n".join(blocks).replace(EXAMPLE_RUN, run).split(";"):
        if re.sub(r"--.*", "", statement).strip():
            yield statement.strip()


def duckdb_engine():
    import duckdb

    connection = duckdb.connect()

    def ask(statement):
        answer = connection.execute(statement)
        return len(answer.fetchall())

    return ask


def clickhouse_engine():
    from chdb import session

    ours = session.Session()

    def ask(statement):
        answer = ours.query(statement, "TSV")
        return len(str(answer).splitlines())

    return ask


def main(engine, guide):
    ask = {"duckdb": duckdb_engine, "clickhouse": clickhouse_engine}[engine]()
    passed, failed = 0, 0
    for statement in statements(Path(guide).read_text(), FENCES[engine]):
        asks = re.sub(r"--.*", "", statement).split()[0].lower() in ("select", "with")
        try:
            rows = ask(statement)
            fault = "it answers nothing" if asks and rows == 0 else None
        except Exception as raised:  # whatever an engine raises is a fault of the statement
            fault = str(raised)
        if fault:
            print(f"{engine}: {fault}\n{statement}\n")
        passed, failed = passed + (fault is None), failed + (fault is not None)
    if passed + failed == 0:
        print(f"{guide} has no statement for {engine}")
        failed = 1
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in FENCES:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
