// What becomes of damaged files: whatever is done to one, it is refused, or everything in it is what was written.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>

#include "emulator/store/check.h"
#include "emulator/store/damage.h"
#include "emulator/store/key.h"
#include "emulator/store/page.h"
#include "emulator/store/salvage.h"
#include "emulator/store/snapshot_folder.h"
#include "emulator/store/store.h"

using namespace backlot;

namespace {

using Rows = std::map<std::string, std::map<std::string, std::string>>;  // table → key → value
constexpr std::size_t kPage = 4096;

struct Folder {
    ScratchFolder scratch{std::filesystem::temp_directory_path(), "backlot-damage-test-"};
    std::filesystem::path path = scratch.path();
    std::filesystem::path data() const { return path / kDataFile; }
};

std::string contentsOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

Rows rowsOf(Store& store) {
    Rows rows;
    Txn txn(store.env(), Txn::Mode::read);
    for (const Table table : store.env().tables()) {
        auto& found = rows[store.env().nameOf(table)];
        Cursor cursor(txn, table);
        for (bool more = cursor.first(); more; more = cursor.next()) found[std::string(cursor.key())] = cursor.value();
        for (const auto& [key, value] : found) CHECK(txn.get(table, key) == value);
    }
    return rows;
}

/// A world that has lived: rows of all sizes in several tables, changed and removed, in many commits.
Rows live(const std::filesystem::path& folder, unsigned seed = 7, int commits = 60) {
    Store store({.folder = folder});
    std::mt19937 random(seed);
    const char* names[] = {"dynamodb", "jobs", "record"};
    for (const char* name : names) store.table(name);
    for (int commit = 0; commit < commits; ++commit) {
        Txn txn(store.env(), Txn::Mode::write);
        for (int i = 0; i < 20; ++i) {
            const Table table = store.table(names[random() % 3]);
            const std::string key =
                "row/" + std::to_string(random() % 400) + (random() % 50 ? "" : std::string(700, 'k'));
            if (random() % 4 == 0)
                txn.erase(table, key);
            else
                txn.put(table, key,
                        std::string(random() % 10 ? random() % 200 : random() % 20'000,
                                    static_cast<char>('a' + random() % 26)));
        }
        txn.commit();
    }
    return rowsOf(store);
}

/// Empty where the folder opens and holds what it should; else why it was refused. Anything else fails the test.
std::string refusal(const std::filesystem::path& folder, const Rows& expected, const std::string& what) {
    try {
        Store store({.folder = folder});
        CHECK_MESSAGE(rowsOf(store) == expected, what);
        Txn txn(store.env(), Txn::Mode::write);  // and it can be written
        for (int i = 0; i < 30; ++i) txn.put(store.table("jobs"), "more/" + std::to_string(i), std::string(500, 'x'));
        txn.commit();
        return {};
    } catch (const StoreError& error) {
        CHECK_MESSAGE(std::string(error.what()).size() > 20, what);
        return error.what();
    }
}

std::string damaged(std::string bytes, std::mt19937& random, std::string& what) {
    const std::size_t pages = bytes.size() / kPage, page = random() % pages, other = random() % pages;
    switch (random() % 6) {
        case 0: {
            const auto at = random() % bytes.size();
            bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8);
            what = "a bit of byte " + std::to_string(at) + " flipped";
            break;
        }
        case 1:
            bytes.replace(page * kPage, kPage, kPage, '\0');
            what = "page " + std::to_string(page) + " zeroed";
            break;
        case 2:
            for (std::size_t i = 0; i < kPage; ++i) bytes[page * kPage + i] = static_cast<char>(random());
            what = "page " + std::to_string(page) + " random";
            break;
        case 3: {
            const std::string one = bytes.substr(page * kPage, kPage);
            bytes.replace(page * kPage, kPage, bytes, other * kPage, kPage);
            bytes.replace(other * kPage, kPage, one);
            what = "pages " + std::to_string(page) + " and " + std::to_string(other) + " swapped";
            break;
        }
        case 4: {  // as a write that went to the wrong place: the number is right
            bytes.replace(page * kPage + 8, kPage - 8, bytes, other * kPage + 8, kPage - 8);
            what = "page " + std::to_string(page) + " holds what page " + std::to_string(other) + " does";
            break;
        }
        default: {
            const auto size = random() % bytes.size();
            bytes.resize(size);
            what = "cut off after " + std::to_string(size) + " bytes";
        }
    }
    return bytes;
}

std::size_t rounds(std::size_t normally) {
    const char* asked = std::getenv("BACKLOT_DAMAGED_FILES");
    return asked ? static_cast<std::size_t>(std::atoll(asked)) : normally;
}

}  // namespace

TEST_CASE("a damaged file is refused in words, or everything in it is what was written") {
    const Folder origin;
    const Rows rows = live(origin.path);
    const std::string whole = contentsOf(origin.data());
    CHECK(refusal(origin.path, rows, "untouched") == "");
    std::mt19937 random(2026);
    std::size_t refused = 0;
    const std::size_t files = rounds(300);
    for (std::size_t i = 0; i < files; ++i) {
        const Folder folder;
        std::string what;
        const std::string bytes = damaged(whole, random, what);
        write(folder.data(), bytes);
        if (refusal(folder.path, rows, what).empty()) continue;
        ++refused;
        CHECK_MESSAGE(contentsOf(folder.data()) == bytes, what << ": a refused file stays as it is");
    }
    CHECK(refused > files / 4);  // the others hit free pages and free space
    MESSAGE(refused << " of " << files << " refused");
}

TEST_CASE("a page as it was some commits ago is noticed") {
    const Folder origin;
    live(origin.path, 7, 50);
    const std::string older = contentsOf(origin.data());
    Rows rows;
    {
        Store store({.folder = origin.path});
        Txn txn(store.env(), Txn::Mode::write);
        for (int i = 0; i < 400; ++i)  // values of the same length: nothing moves
            if (const auto value = txn.get(store.table("jobs"), "row/" + std::to_string(i)))
                txn.put(store.table("jobs"), "row/" + std::to_string(i), std::string(value->size(), '!'));
        txn.commit();
        rows = rowsOf(store);
    }
    const std::string newer = contentsOf(origin.data());
    std::size_t tried = 0;
    for (std::size_t page = 2; page < older.size() / kPage; ++page) {
        if (older.compare(page * kPage, kPage, newer, page * kPage, kPage) == 0) continue;
        const Folder folder;
        std::string bytes = newer;
        bytes.replace(page * kPage, kPage, older, page * kPage, kPage);
        write(folder.data(), bytes);
        refusal(folder.path, rows, "page " + std::to_string(page) + " is an older one");
        ++tried;
    }
    CHECK(tried > 5);
}

TEST_CASE("a row that is damaged under an open store is refused, and named by its table and key") {
    const Folder folder;
    Store store({.folder = folder.path});
    const Table table = store.table("dynamodb");
    {
        Txn txn(store.env(), Txn::Mode::write);
        txn.put(table, Key("item").text("Orders").text("ORDER-1001"), "the value that nobody may change");
        txn.put(table, Key("item").text("Orders").text("ORDER-1002"), "another");
        txn.commit();
    }
    const std::string bytes = contentsOf(folder.data());
    const int file = ::open(folder.data().c_str(), O_WRONLY);
    std::size_t places = 0;
    for (auto at = bytes.find("that nobody may"); at != bytes.npos;
         at = bytes.find("that nobody may", at + 1), ++places)
        REQUIRE(::pwrite(file, "X", 1, static_cast<off_t>(at)) == 1);
    ::close(file);
    REQUIRE(places > 0);
    Txn txn(store.env(), Txn::Mode::write);
    CHECK(txn.get(table, Key("item").text("Orders").text("ORDER-1002")) == "another");
    const auto refuses = [](auto step) {
        CHECK_THROWS_WITH_AS(
            step(), doctest::Contains("in the table dynamodb, the row item/Orders/ORDER-1001/ is not what was written"),
            DamageError);
    };
    refuses([&] { (void)txn.get(table, Key("item").text("Orders").text("ORDER-1001")); });
    refuses([&] { txn.erase(table, Key("item").text("Orders").text("ORDER-1001")); });
    refuses([&] { txn.put(table, Key("item").text("Orders").text("ORDER-1001"), "new"); });
    refuses([&] {
        Cursor cursor(txn, table);
        cursor.first();
    });
    refuses([&] { store.save().to(folder.path / "copy"); });
    CHECK_FALSE(std::filesystem::exists(folder.path / "copy"));
}

TEST_CASE("a value under another key or in another table is no value") {
    const Folder folder;
    Store store({.folder = folder.path});
    const Table one = store.table("one"), two = store.table("two");
    Txn txn(store.env(), Txn::Mode::write);
    txn.put(one, "a", "value");
    MDB_val key{1, const_cast<char*>("a")}, stored;
    REQUIRE(mdb_get(txn.handle(), one.id, &key, &stored) == 0);
    std::string bytes(static_cast<const char*>(stored.mv_data), stored.mv_size);
    MDB_val copy{bytes.size(), bytes.data()}, other{1, const_cast<char*>("b")};
    REQUIRE(mdb_put(txn.handle(), one.id, &other, &copy, 0) == 0);
    REQUIRE(mdb_put(txn.handle(), two.id, &key, &copy, 0) == 0);
    CHECK(txn.get(one, "a") == "value");
    CHECK_THROWS_AS((void)txn.get(one, "b"), DamageError);
    CHECK_THROWS_AS((void)txn.get(two, "a"), DamageError);
}

TEST_CASE("what is no data file is refused before anything is written, and never waited for") {
    const Folder folder;
    const auto refused = [&](const char* why) {
        CHECK_THROWS_WITH_AS(Store({.folder = folder.path}), doctest::Contains(why), StoreError);
    };
    write(folder.data(), "");
    refused("is empty");
    write(folder.data(), "PNG or whatever");
    refused("has no page that it could begin with");
    write(folder.data(), std::string(1 << 20, 'x'));
    refused("has no page that it could begin with");
    std::filesystem::remove(folder.data());
    REQUIRE(::mkfifo(folder.data().c_str(), 0600) == 0);
    refused("is a FIFO");
    std::filesystem::remove(folder.data());
    std::filesystem::create_directory(folder.data());
    refused("is a folder");
    std::filesystem::remove(folder.data());
    std::filesystem::create_symlink("/etc/passwd", folder.data());
    refused("is a link");
}

TEST_CASE("what others may see of a data folder is nothing") {
    const Folder parent;
    const auto modeOf = [](const std::filesystem::path& path) { return std::filesystem::status(path).permissions(); };
    using std::filesystem::perms;
    const auto folder = parent.path / "new" / "data";
    { Store store({.folder = folder}); }
    CHECK(modeOf(folder) == perms::owner_all);
    const auto mine = perms::owner_read | perms::owner_write;
    for (const char* name : {"data.mdb", "lock.mdb", "backlot.lock"}) {
        CHECK_MESSAGE(modeOf(folder / name) == mine, name);
        std::filesystem::permissions(folder / name, perms::all);  // one of before
    }
    Store store({.folder = folder});
    for (const char* name : {"data.mdb", "lock.mdb", "backlot.lock"})
        CHECK_MESSAGE(modeOf(folder / name) == mine, name);
    SnapshotFolder snapshots(folder / "snapshots");
    snapshots.save("one", store.save());
    CHECK(modeOf(folder / "snapshots") == perms::owner_all);
    CHECK(modeOf(folder / "snapshots" / "one.snapshot") == mine);
}

TEST_CASE("a snapshot is of the instant it was asked, whatever comes while it is written") {
    const Folder folder;
    const Rows before = live(folder.path);
    Store store({.folder = folder.path});
    const Saving saving = store.save();
    {
        Txn txn(store.env(), Txn::Mode::write);
        for (const Table table : store.env().tables()) txn.clear(table);
        txn.put(store.table("jobs"), "later", "1");
        txn.commit();
    }
    const auto file = folder.path / "copy";
    saving.to(file);
    Incoming incoming = store.receive(openRegular(file).get());
    const auto gone = store.exchange(incoming.environment);
    store.keep(incoming);
    CHECK(rowsOf(store) == before);
    CHECK(std::filesystem::file_size(file) <= std::filesystem::file_size(folder.data()) + 16 * kPage);
}

TEST_CASE("contents that are received take the old ones' place in one step; what cannot leaves them alone") {
    const Folder folder, other;
    const Rows rows = live(folder.path), better = live(other.path, 8);
    {
        Store store({.folder = folder.path});
        const std::string whole = contentsOf(folder.data());
        std::mt19937 random(3);
        for (int i = 0; i < 40; ++i) {
            std::string what;
            const Folder scratch;
            write(scratch.path / "bad", damaged(contentsOf(other.data()), random, what));
            try {
                (void)store.receive(openRegular(scratch.path / "bad").get());
            } catch (const StoreError&) {
            }
        }
        CHECK_THROWS_AS((void)store.receive(openRegular("/dev/null").get()), StoreError);
        CHECK(contentsOf(folder.data()) == whole);
        CHECK(rowsOf(store) == rows);
        for (const auto& entry : std::filesystem::directory_iterator(folder.path))
            CHECK_FALSE(entry.is_directory());  // nothing is left lying
        Incoming incoming = store.receive(openRegular(other.data()).get());
        const auto before = store.exchange(incoming.environment);
        store.keep(incoming);
        CHECK(rowsOf(store) == better);
        Txn(*before, Txn::Mode::read);  // whoever still reads what was there may go on
    }
    CHECK(refusal(folder.path, better, "after a new start") == "");
    std::filesystem::create_directory(folder.path / "incoming-abc");  // of a process that was killed while it received
    Store store({.folder = folder.path});
    CHECK_FALSE(std::filesystem::exists(folder.path / "incoming-abc"));
}

TEST_CASE("contents for which there is no room are not received, and leave nothing behind") {
    const Folder folder;
    const Rows rows = live(folder.path);
    Store store({.folder = folder.path});
    const auto copy = folder.path / "copy";
    store.save().to(copy);
    const auto lineUp = [&] {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path))
            names.push_back(entry.path().filename());
        std::sort(names.begin(), names.end());
        return names;
    };
    const auto before = lineUp();
    rlimit former{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &former) == 0);
    rlimit small = former;
    small.rlim_cur = 64 * 1024;  // as a disk that is full then
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK_THROWS_AS((void)store.receive(openRegular(copy).get()), StoreError);
    CHECK_THROWS_AS(store.save().to(folder.path / "second"), StoreError);
    ::setrlimit(RLIMIT_FSIZE, &former);
    std::signal(SIGXFSZ, handler);
    CHECK(lineUp() == before);
    CHECK(rowsOf(store) == rows);
    store.save().to(folder.path / "second");  // once there is room again
}

TEST_CASE("LMDB's assertions and faults in the map of a file end the process with words and a status of its own") {
    const Folder folder;
    live(folder.path);
    const auto endOf = [&](const std::function<void(Store&)>& step, std::string& said) {
        int pipe[2];
        REQUIRE(::pipe(pipe) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::dup2(pipe[1], STDERR_FILENO);
            std::signal(SIGALRM, SIG_DFL);
            ::alarm(30);
            Store store({.folder = folder.path});
            step(store);
            ::_exit(0);
        }
        ::close(pipe[1]);
        char bytes[2048];
        for (ssize_t n; (n = ::read(pipe[0], bytes, sizeof bytes)) > 0;)
            said.append(bytes, static_cast<std::size_t>(n));
        ::close(pipe[0]);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        return status;
    };
    const std::string whole = contentsOf(folder.data());
    const std::function<void(Store&)> steps[] = {
        [](Store& store) { damage::explainAssertion(store.env().handle(), "mp->mp_lower >= 0"); },
        [&](Store& store) {
            REQUIRE(::truncate(folder.data().c_str(), 2 * kPage) == 0);
            Txn txn(store.env(), Txn::Mode::read);
            Cursor cursor(txn, store.table("dynamodb"));
            cursor.first();
        },
    };
    for (const auto& step : steps) {
        std::string said;
        const int status = endOf(step, said);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == damage::kStatus);
        for (const std::string& words :
             std::vector<std::string>{folder.data().string(), "is damaged", "backlot verify", "backlot salvage"})
            CHECK_MESSAGE(said.find(words) != said.npos, said);
        write(folder.data(), whole);
    }
}

TEST_CASE("what is whole of a damaged file is saved, and what is lost is counted") {
    const Folder origin;
    const Rows rows = live(origin.path);
    const std::string whole = contentsOf(origin.data());
    std::mt19937 random(11);
    for (int i = 0; i < 60; ++i) {
        const Folder folder;
        std::string what;
        write(folder.data(), damaged(whole, random, what));
        Salvaged result;
        try {
            result = salvage(openOffline(folder.path), folder.path / "saved");
        } catch (const DamageError&) {  // nothing leads to anything
            continue;
        }
        Store store({.folder = folder.path / "saved"});
        const Rows saved = rowsOf(store);
        for (const auto& [name, found] : saved) {
            const auto known = rows.find(name);
            REQUIRE_MESSAGE(known != rows.end(), what << ": " << name);
            for (const auto& [key, value] : found)
                if (name != kMetaTable) CHECK_MESSAGE(value == known->second.at(key), what << ": " << key);
        }
        for (const auto& table : result.tables) {
            Txn txn(store.env(), Txn::Mode::read);
            if (table.lost() == 0 && table.expected > 0 && result.source.whole())
                CHECK_MESSAGE(saved.at(table.name) == rows.at(table.name), what << ": " << table.name);
            if (table.saved > 0)
                CHECK_MESSAGE(txn.count(store.table(table.name)) == table.saved, what << ": " << table.name);
        }
    }
    const Folder used;
    write(used.path / "something", "");
    CHECK_THROWS_AS(salvage(openOffline(origin.path), used.path), StoreError);
    Store open({.folder = origin.path});
    CHECK_THROWS_WITH_AS((void)openOffline(origin.path), doctest::Contains("is in use"), StoreError);
}

TEST_CASE("rows of leaves that a damaged branch leads to are saved all the same") {
    const Folder origin;
    const Rows rows = live(origin.path);
    const std::string whole = contentsOf(origin.data());
    std::size_t branches = 0;
    for (std::size_t page = 2; page < whole.size() / kPage; ++page) {
        const std::uint16_t flags = static_cast<unsigned char>(whole[page * kPage + 10]);
        if (flags != page::Flag::branch) continue;
        const Folder folder;
        std::string bytes = whole;
        bytes.replace(page * kPage, kPage, kPage, '\0');
        write(folder.data(), bytes);
        if (checkFile(openRegular(folder.data()).get(), "it").whole()) continue;  // it was free
        ++branches;
        salvage(openOffline(folder.path), folder.path / "saved");
        Store store({.folder = folder.path / "saved"});
        CHECK_MESSAGE(rowsOf(store) == rows, "branch page " << page);
    }
    CHECK(branches > 0);
}

TEST_CASE("a data folder of an earlier format is refused in words, and stays as it is") {
    const Folder folder;
    const auto fill = [&](const char* format) {
        MDB_env* env = nullptr;
        MDB_txn* txn = nullptr;
        REQUIRE(mdb_env_create(&env) == 0);
        REQUIRE(mdb_env_set_maxdbs(env, 8) == 0);
        REQUIRE(mdb_env_open(env, folder.path.c_str(), MDB_NOSYNC, 0644) == 0);
        REQUIRE(mdb_txn_begin(env, nullptr, 0, &txn) == 0);
        const auto put = [&](const char* name, std::string key, std::string value) {
            MDB_dbi table;
            REQUIRE(mdb_dbi_open(txn, name, MDB_CREATE, &table) == 0);
            MDB_val k{key.size(), key.data()}, v{value.size(), value.data()};
            REQUIRE(mdb_put(txn, table, &k, &v, 0) == 0);
        };
        put("meta", "format", format);
        put("meta", "boots", "3");
        put("dynamodb", "key", "value");
        put("dynamodb", "large", std::string(10'000, 'v'));
        REQUIRE(mdb_txn_commit(txn) == 0);
        mdb_env_close(env);
    };
    fill("1");
    const std::string before = contentsOf(folder.data());
    CHECK_THROWS_WITH_AS(
        Store({.folder = folder.path}),
        doctest::Contains(
            "has format 1; this Backlot reads format 3: take the Backlot that wrote it, or start with an empty folder"),
        StoreError);
    CHECK_THROWS_AS(salvage(openOffline(folder.path), folder.path / "saved"), StoreError);
    CHECK(contentsOf(folder.data()) == before);
}

TEST_CASE("names of snapshots stay in their folder, and planted links are not followed") {
    const Folder folder, outside;
    for (const char* name : {"", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "a b", "ü"})
        CHECK_FALSE_MESSAGE(SnapshotFolder::isName(name), name);
    CHECK_FALSE(SnapshotFolder::isName(std::string(129, 'a')));
    CHECK(SnapshotFolder::isName("paid-2026.01_a"));
    Store store({.folder = folder.path});
    SnapshotFolder snapshots(folder.path / "snapshots");
    snapshots.save("good", store.save());
    write(outside.path / "precious", "precious");
    const auto link = [&](const char* name) {
        std::filesystem::create_symlink(outside.path / "precious", folder.path / "snapshots" / name);
    };
    link("planted.snapshot");
    link(".sent.arriving");
    CHECK_THROWS_AS((void)snapshots.open("planted"), StoreError);
    CHECK(snapshots.list().size() == 1);
    snapshots.save("planted", store.save());  // takes the link's place
    CHECK(snapshots.list().size() == 2);
    CHECK(snapshots.receive("sent", 0, 3, "abc"));
    link(".more.arriving");
    CHECK_THROWS_AS(snapshots.receive("more", 3, 6, "def"), StoreError);
    CHECK(snapshots.remove("planted"));
    CHECK_FALSE(snapshots.remove("planted"));
    CHECK(contentsOf(outside.path / "precious") == "precious");
    std::filesystem::remove_all(folder.path / "snapshots");
    std::filesystem::create_directory_symlink(outside.path, folder.path / "snapshots");  // the folder itself
    SnapshotFolder planted(folder.path / "snapshots");
    CHECK_THROWS_AS(planted.save("x", store.save()), StoreError);
}

TEST_CASE("a file arrives in portions, in order") {
    SnapshotFolder snapshots({});
    CHECK_FALSE(snapshots.receive("a", 0, 6, "abc"));
    CHECK_FALSE(snapshots.open("a"));
    CHECK_THROWS_AS(snapshots.receive("a", 4, 6, "ef"), StoreError);
    CHECK_THROWS_AS(snapshots.receive("a", 3, 6, "defg"), StoreError);
    CHECK(snapshots.receive("a", 3, 6, "def"));
    char bytes[8];
    CHECK(readAt(snapshots.open("a").get(), bytes, sizeof bytes, 0) == 6);
}
