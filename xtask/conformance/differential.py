"""Rosters and accounts as support-audit reads them, compared with independent readers.

Usage: differential.py AUDIT; the argument is for the other scripts. `SUPPORT_AUDIT_PROGRAM` is the
program, and `SUPPORT_AUDIT_SEED` another seed than the usual one.

Files are generated and mutated, and read by the program and by PyYAML or Python's csv. Whatever an
independent reader sees as an entry must be a person, an account or a problem of the program's
report, in the entry's own lines: none is lost. Every check is a line on stdout: `ok NAME`, or
`not ok NAME: reason`.
"""

import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

PROGRAM = os.environ["SUPPORT_AUDIT_PROGRAM"]
SEED = int(os.environ.get("SUPPORT_AUDIT_SEED", "14"))
# Files for each check.
FILES = 16

NAMES = ["Ann Ode", "Zoë Łuk", "李 明", "O'Neil, Pat", "no", "Ben: B.", "مريم", "Dee \U0001f600"]
NAMES += ["-", "1e3"]


def audit(folder, *arguments):
    """The exit code and the report of a run without any setting; the report is None without one."""
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    command = [PROGRAM, "run", "--format", "json", "--no-input", *arguments]
    ran = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=20
    )
    report = json.loads(ran.stdout) if ran.stdout else None
    if report is not None and "error" in report:
        report = None
    return ran.returncode, report


def deleted(text, dice):
    at = dice.randrange(len(text))
    return text[:at] + text[at + 1 :]


def inserted(text, dice):
    at = dice.randrange(len(text))
    return text[:at] + dice.choice("\t\"':#&*|>-,;[]{}%@` \u00a0\u200b\u2028") + text[at:]


def line_doubled(text, dice):
    lines = text.splitlines(keepends=True)
    at = dice.randrange(len(lines))
    return "".join(lines[: at + 1] + lines[at:])


def line_deleted(text, dice):
    lines = text.splitlines(keepends=True)
    at = dice.randrange(1, len(lines))
    return "".join(lines[:at] + lines[at + 1 :])


def lines_swapped(text, dice):
    lines = text.splitlines(keepends=True)
    at = dice.randrange(1, len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return "".join(lines)


def windows(text, dice):
    return "\ufeff" + text.replace("\n", "\r\n")


def unchanged(text, dice):
    return text


MUTATIONS = [unchanged, windows, deleted, inserted, line_doubled, line_deleted, lines_swapped]


def person(dice, number):
    """An entry of a roster; some of its fields are of the wrong type."""
    entry = {"name": f"{dice.choice(NAMES)} {number}", "email": f"p{number}@example.com"}
    if dice.random() < 0.7:
        entry["gitlab"] = {"id": 1000 + number, "username": f"p{number}"}
    if dice.random() < 0.5:
        entry["calendly"] = f"https://calendly.com/p{number}"
    if dice.random() < 0.5:
        entry["focuses"] = [{"name": "Ops", "percentage": dice.randrange(100)}]
    if dice.random() < 0.3:
        entry["notes"] = "first\n  second: [x\n\nthird"
    if dice.random() < 0.3:
        entry[dice.choice(list(entry))] = dice.choice([None, 7, -1.5, True, [], ["x"], {"y": 1}, ""])
    return entry


def roster(dice):
    entries = [person(dice, number) for number in range(dice.randrange(3, 12))]
    if dice.random() < 0.3:
        entries.insert(dice.randrange(len(entries)), dice.choice([None, 7, "text", [], {}]))
    if dice.random() < 0.3:
        entries.append(dice.choice(entries))
    if dice.random() < 0.2:
        return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data):
            return True

    return yaml.dump(
        entries,
        Dumper=Dumper,
        allow_unicode=True,
        default_flow_style=dice.choice([None, False]),
        explicit_start=dice.random() < 0.5,
        sort_keys=False,
        width=dice.choice([20, 80]),
    )


def entries_of_yaml(text):
    """The lines on which the entries of lists begin, as PyYAML reads them; None where it cannot."""
    lines, depth, is_list = [], 0, True
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.NodeEvent):
                if depth == 0:
                    is_list = is_list and isinstance(event, yaml.SequenceStartEvent)
                if depth == 1:
                    # YAML 1.1 has more line breaks than 1.2, so its own count is another.
                    lines.append(1 + text.count("\n", 0, event.start_mark.index))
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return None
    return lines if is_list else None


def compare_roster(folder, dice, mutate):
    """Whether the readers could be compared, and what was lost."""
    text = mutate(roster(dice), dice)
    (folder / "team.yaml").write_bytes(text.encode())
    code, report = audit(folder, "--roster", "team.yaml")
    if code not in (0, 4, 5):
        return False, f"exit code {code} for {text!r}"
    starts = entries_of_yaml(text)
    if starts is None or report is None:
        return False, None
    seen = [entry["line"] for entry in report["people"] + report["problems"]]
    # A problem may say that the rest of the file was not read.
    cut = [entry["line"] for entry in report["problems"] if "was not read" in entry["message"]]
    unread = min(cut, default=sys.maxsize)
    for start, end in zip(starts, starts[1:] + [sys.maxsize]):
        if start < unread and not any(start <= line < max(end, start + 1) for line in seen):
            return True, f"the entry of line {start} is lost in {text!r}"
    return True, None


def export(dice):
    """An export of accounts, and the separator of its columns."""
    separator = dice.choice(",;\t")
    columns = ["Email", "Name", "User role", "Team"]
    dice.shuffle(columns)
    text = io.StringIO()
    style = {"lineterminator": "\n", "quoting": dice.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])}
    writer = csv.writer(text, delimiter=separator, **style)
    writer.writerow(columns)
    for number in range(dice.randrange(3, 12)):
        cells = {
            "Email": f"p{number}@example.com",
            "Name": dice.choice(NAMES),
            "User role": dice.choice(["User", "Admin", "Owner"]),
            "Team": dice.choice(["", "Support", 'a "b" c', "two\nlines", "x,y;z"]),
        }
        writer.writerow([cells[column] for column in columns])
    return text.getvalue(), separator


def rows_of_csv(text, separator):
    """The lines of each row with its e-mail address, as Python reads them; None where it cannot."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator)
    rows, last, head = [], 0, None
    try:
        for row in reader:
            first, last = last + 1, reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if head is None:
                head = row
                continue
            rows.append((first, last, row))
    except csv.Error:
        return None
    if head is None or head.count("Email") != 1:
        return None
    email = head.index("Email")
    return [(first, last, row[email] if len(row) > email else "") for first, last, row in rows]


def compare_accounts(folder, dice, mutate):
    """Whether the readers could be compared, and what was lost."""
    text, separator = export(dice)
    text = mutate(text, dice)
    (folder / "accounts.csv").write_bytes(text.encode())
    people = [{"name": f"P {number}", "email": f"p{number}@example.com"} for number in range(14)]
    (folder / "team.yaml").write_text(json.dumps(people))
    code, report = audit(folder, "--roster", "team.yaml", "--accounts", "accounts.csv")
    if code not in (0, 4, 5):
        return False, f"exit code {code} for {text!r}"
    rows = rows_of_csv(text, separator)
    # Python reads a quotation mark that stays open to the end of the file; so does the program, which
    # says that the accounts are incomplete.
    if rows is None or report is None or text.count('"') % 2 == 1:
        return False, None
    accounts = [person["account"].get("email", "").lower() for person in report["people"]]
    outsiders = report["outsiders"].get("rows", [])
    accounts += [(outsider.get("email") or "").lower() for outsider in outsiders]
    problems = [problem["line"] for problem in report["problems"] if problem["file"] == "accounts.csv"]
    is_complete = not report["accounts"]["gaps"]
    for first, last, email in rows:
        address = email.strip().lower()
        if address in accounts or any(first <= line <= last for line in problems):
            continue
        # Whoever is not on the roster is not listed while the accounts are incomplete.
        if is_complete or address in {person["email"] for person in people}:
            return True, f"the row of line {first} is lost in {text!r}"
    return True, None


def check(name, compare, mutate):
    """Compares the readers of some files, and tells; false for a failure."""
    dice = random.Random(f"{SEED} {name}")
    compared, reason = 0, None
    for _ in range(FILES):
        with tempfile.TemporaryDirectory() as folder:
            try:
                was_compared, reason = compare(Path(folder), dice, mutate)
            except Exception as error:
                was_compared, reason = False, f"{type(error).__name__}: {error}"
        compared += was_compared
        if reason:
            break
    # A check of files that nobody reads would show nothing.
    if not reason and compared < FILES / 4:
        reason = f"only {compared} of {FILES} files could be compared"
    print(f"not ok {name}: {reason}" if reason else f"ok {name}", flush=True)
    return not reason


def main():
    kinds = [("roster", compare_roster), ("accounts", compare_accounts)]
    results = [
        check(f"{kind}: {mutate.__name__.replace('_', ' ')}", compare, mutate)
        for kind, compare in kinds
        for mutate in MUTATIONS
    ]
    sys.exit(not all(results))


main()
