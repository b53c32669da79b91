"""A loss of power. The server's writes and syncs on its data folder are logged (faults.c) together with what it
acknowledged. Then disk states are made that a loss of power may have left at each place of the log: what was synced is
there; of the rest any part may be, whole, torn between 512-byte sectors, or later writes without earlier ones.

With --durable each state opens, reads through, and holds everything acknowledged before. Without it a start says that
the machine stopped, and goes on or refuses, but is never ended by a signal.

300 states; LONG=1: 6,000; STATES and SEED set others."""
import ctypes
import os
import random
import re
import struct
import subprocess
import tempfile

import pytest

from backlot import binary, setting
from faulty import FaultyServer, Round, library, remove

LONG = setting("LONG", False)
STATES = setting("STATES", 6000 if LONG else 300)
STARTED = STATES // 60  # of these a server is started on
ENTRY = struct.Struct("=ccHIQ")
SECTOR = 512
dice = random.Random(setting("SEED", 1))
SHM = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


# --- the log ---------------------------------------------------------------------------------------------------------
def acknowledge(log, token):
    data = token.encode()
    handle = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.write(handle, ENTRY.pack(b"A", b"\0", 0, len(data), 0) + data)
    os.close(handle)


def read_log(path):
    with open(path, "rb") as file:
        content = file.read()
    entries, at = [], 0
    while at < len(content):
        op, created, file, size, offset = ENTRY.unpack_from(content, at)
        at += ENTRY.size
        entries.append((op.decode(), created != b"\0", file, offset, content[at : at + size]))
        at += size
    return entries


class Disk:
    """What is surely on the disk after the entries given so far, and what may be: `pending`, in the order it was
    written."""

    def __init__(self, folder):
        self.folder, self.names, self.sure, self.pending, self.unnamed = folder, {}, {}, [], set()

    def take(self, entry):
        op, created, file, offset, data = entry
        if op == "O":
            name = data.decode()
            self.names[file] = name
            if not os.path.isdir(name):
                self.sure.setdefault(name, bytearray())
                if created:
                    self.unnamed.add(name)
        elif op == "W":
            self.pending.append((self.names[file], offset, data))
        elif op == "D":  # that write, through a descriptor that syncs by itself
            for place in range(len(self.pending) - 1, -1, -1):
                if self.pending[place][0] == self.names[file] and self.pending[place][1] == offset:
                    self.put(self.sure, self.pending.pop(place))
                    break
        elif op == "T":
            del self.sure[self.names[file]][offset:]
            self.pending = [one for one in self.pending if one[0] != self.names[file]] if offset == 0 else self.pending
        elif op == "S":
            name = self.names[file]
            if os.path.isdir(name):
                self.unnamed = {one for one in self.unnamed if os.path.dirname(one) != name}
                return
            for one in self.pending:
                if one[0] == name:
                    self.put(self.sure, one)
            self.pending = [one for one in self.pending if one[0] != name]
        elif op == "R":
            old, new = (name.decode() for name in data.split(b"\0"))
            self.sure[new] = self.sure.pop(old, bytearray())
            self.pending = [(new if name == old else name, at, content) for name, at, content in self.pending]
            self.names = {number: new if name == old else name for number, name in self.names.items()}  # it stays open
            self.unnamed = (self.unnamed - {old}) | {new}
        elif op == "U":
            self.sure.pop(data.decode(), None)
            self.unnamed.discard(data.decode())

    @staticmethod
    def put(files, write):
        name, offset, data = write
        content = files[name]
        if len(content) < offset:
            content.extend(bytes(offset - len(content)))
        content[offset : offset + len(data)] = data

    def after_power_loss(self, way):
        """One of the states that may be found."""
        files = {name: bytearray(content) for name, content in self.sure.items()}
        writes = list(self.pending)
        if way == "nothing":
            writes = []
        elif way == "reordered":  # any of them, with earlier ones missing
            writes = [one for one in writes if dice.random() < 0.5]
        elif way == "last":
            writes = writes[-dice.randint(1, 3) :]
        elif way == "first":
            writes = writes[: dice.randint(0, len(writes))]
        for name, offset, data in writes:
            if way == "torn":
                sectors = [(at, data[at : at + SECTOR]) for at in range(0, len(data), SECTOR)]
                for at, piece in sectors:
                    if dice.random() < 0.6:
                        self.put(files, (name, offset + at, piece))
            else:
                self.put(files, (name, offset, data))
        for name in self.unnamed:
            if dice.random() < 0.5:
                files.pop(name, None)
        return files


# --- reading a store without our own code
# ------------------------------------------------------------------------------
lmdb = ctypes.CDLL("liblmdb.so.0")


class Value(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("data", ctypes.c_void_p)]


NOTFOUND, FIRST, NEXT = -30798, 0, 8


def rows(txn, name):
    handle = ctypes.c_uint()
    must(lmdb.mdb_dbi_open(txn, name, 0, ctypes.byref(handle)))
    cursor, key, value = ctypes.c_void_p(), Value(), Value()
    must(lmdb.mdb_cursor_open(txn, handle, ctypes.byref(cursor)))
    operation = FIRST
    while True:
        code = lmdb.mdb_cursor_get(cursor, ctypes.byref(key), ctypes.byref(value), operation)
        if code == NOTFOUND:
            break
        must(code)
        yield ctypes.string_at(key.data, key.size), ctypes.string_at(value.data, value.size)
        operation = NEXT
    lmdb.mdb_cursor_close(cursor)


def must(code):
    if code:
        raise RuntimeError("LMDB says %d" % code)


def read_store(folder):
    """All the rows' bytes, every page on the way to them read."""
    env, txn = ctypes.c_void_p(), ctypes.c_void_p()
    must(lmdb.mdb_env_create(ctypes.byref(env)))
    must(lmdb.mdb_env_set_maxdbs(env, 64))
    must(lmdb.mdb_env_set_mapsize(env, ctypes.c_size_t(1 << 32)))
    must(lmdb.mdb_env_open(env, folder.encode(), 0x20000 | 0x400000, 0o600))  # read-only, no lock
    must(lmdb.mdb_txn_begin(env, None, 0x20000, ctypes.byref(txn)))
    tables = [name for name, _ in rows(txn, None) if name != b"backlot.sums"]
    return b"\n".join(key + b"\n" + value for table in tables for key, value in rows(txn, table))


def in_a_child(work):
    """What `work` returns (bytes), or the reason it could not: a damaged file may end the process."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
            result = b"+" + work()
        except BaseException as error:  # noqa: BLE001
            result = b"-" + str(error).encode()
        while result:
            result = result[os.write(into, result) :]
        os._exit(0)
    os.close(into)
    parts = []
    while True:
        piece = os.read(out, 1 << 20)
        if not piece:
            break
        parts.append(piece)
    os.close(out)
    status = os.waitpid(child, 0)[1]
    answer = b"".join(parts)
    if answer[:1] == b"+":
        return answer[1:], None
    return None, "%s (status %d)" % (answer[1:].decode(errors="replace") or "ended", status)


# --- making the log
# ----------------------------------------------------------------------------------------------------
class Logged(Round):
    """A round of work that says in the log what was acknowledged."""

    def __init__(self, server, log):
        super().__init__(server, prefix="token", functions=False)
        self.log = log

    def keep(self, where, name, status, answer):
        super().keep(where, name, status, answer)
        marks = {
            id(self.items): '%s',
            id(self.messages): "sent-%s",
            id(self.executions): "execution:m:%s",
            id(self.pairs): "right-%s",
        }
        if status == 200:
            acknowledge(self.log, marks[id(where)] % name)

    def advance(self, by, timeout=20):
        status = super().advance(by, timeout)
        if status == 200:
            acknowledge(self.log, "clock %d" % self.clock)
        return status


def record(preload, durable, rounds):
    folder = tempfile.mkdtemp(prefix="backlot-power-", dir=SHM)
    data, log = os.path.join(folder, "data"), os.path.join(folder, "log")
    server = FaultyServer(data, preload, log=log, more=["--durable"] if durable else [])
    server.start()
    work = Logged(server, log)
    work.prepare()
    acknowledge(log, "known")
    for number in range(rounds):
        work.once()
        if number % 4 == 3:
            work.advance("2s")
    server.kill()
    return folder, data, read_log(log)


def write_state(folder, data, files):
    remove(folder)
    os.mkdir(folder)
    for name, content in files.items():
        if os.path.dirname(name) == data and not name.endswith("lock.mdb") and "/incoming-" not in name:
            with open(os.path.join(folder, os.path.basename(name)), "wb") as file:
                file.write(content)


def states(entries, data, count):
    """(what was acknowledged, files) for places spread over the log, most of them just before a sync."""
    syncs = [at for at, entry in enumerate(entries) if entry[0] in "SD"] or range(len(entries))
    first = next(at for at, entry in enumerate(entries) if entry[0] == "A")
    places = sorted(
        dice.choice(syncs) + (0 if dice.random() < 0.8 else dice.randint(-2, 1)) for _ in range(count - count // 5)
    )
    places = sorted(places + [dice.randrange(first // 2, len(entries) + 1) for _ in range(count // 5)])
    disk, at, acknowledged = Disk(data), 0, []
    for number, place in enumerate(places):
        while at < min(place, len(entries)):
            if entries[at][0] == "A":
                acknowledged.append(entries[at][4].decode())
            else:
                disk.take(entries[at])
            at += 1
        yield number, acknowledged, disk.after_power_loss(
            ("nothing", "reordered", "torn", "last", "first", "all")[number % 6]
        )


def missing(acknowledged, content):
    """What was acknowledged and is not there."""
    lost = []
    for token in acknowledged:
        if token.startswith("clock "):
            stored = re.findall(rb'\{"is":"time","value":(\d+)', content)
            if not stored or max(map(int, stored)) < int(token[6:]) * 1000:
                lost.append(token)
        elif token.startswith("execution:"):
            if token.encode() not in content:
                lost.append(token)
        elif not re.search(re.escape(token.encode()) + rb"(?![0-9])", content):
            lost.append(token)
    return lost


def start_on(folder, more):
    """(exit status or None where it became ready, what it said)"""
    process = subprocess.Popen(
        [binary(), "up", "--port", "0", "--clock", "virtual", "--data", folder] + more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Ready."):
            process.terminate()
            process.communicate()
            return None, said
    return process.wait(), said


@pytest.fixture(scope="module")
def preload():
    return library()


def test_with_durable(preload):
    folder, data, entries = record(preload, True, 40 if LONG else 12)
    acks = sum(entry[0] == "A" for entry in entries)
    state, bad, empty = os.path.join(folder, "state"), [], 0
    for number, acknowledged, files in states(entries, data, STATES):
        write_state(state, data, files)
        if not acknowledged and os.path.join(data, "data.mdb") not in files:
            empty += 1  # nothing was answered yet, so the file need not be there
            continue
        content, problem = in_a_child(lambda: read_store(state))
        lost = missing(acknowledged, content) if content is not None else []
        if problem is not None or lost:
            bad.append((number, problem, lost[:5]))
        if number % 60 == 0:
            status, said = start_on(state, ["--durable"])
            assert status is None, ("a server starts after a loss of power", (number, status, said[-500:]))
        if len(bad) > 5:
            break
    assert not bad, ("a state opens and reads through, and nothing acknowledged is missing", bad)
    assert acks > 30, ("there was something to lose", acks)
    print(
        "--durable: %d states of a log of %d entries with %d acknowledgements, %d of them before there was a store"
        % (STATES, len(entries), acks, empty),
        flush=True,
    )
    remove(folder)


def test_without_durable(preload):
    folder, data, entries = record(preload, False, 60)
    state, refused = os.path.join(folder, "state"), 0
    for number, acknowledged, files in states(entries, data, max(20, STARTED)):
        write_state(state, data, files)
        if not acknowledged or os.path.join(data, "data.mdb") not in files:
            continue
        assert os.path.exists(os.path.join(state, "backlot.open")), ("the folder says that it was open", number)
        with open(os.path.join(state, "backlot.open"), "w") as file:
            file.write("another run of the machine")
        status, said = start_on(state, [])
        refused += status is not None
        assert "without --durable" in said, ("a start after a loss of power says so", (number, status, said[-500:]))
        assert status is None or status > 0, ("and is not ended by a signal", (number, status, said[-500:]))
    print("without: %d states, %d of them refused" % (max(20, STARTED), refused))
    remove(folder)
