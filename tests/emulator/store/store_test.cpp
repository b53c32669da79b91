#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "emulator/store/key.h"
#include "emulator/store/store.h"

using namespace backlot;

TEST_CASE("keys sort as their parts do") {
    CHECK(Key("a").number(9).bytes() < Key("a").number(10).bytes());
    CHECK(Key("a").integer(-5).bytes() < Key("a").integer(3).bytes());
    CHECK(Key("a").text("x").text("z").bytes() < Key("a").text("xa").text("a").bytes());
    CHECK(Key().text(std::string("x\0", 2)).bytes() > Key().text("x").bytes());
    Key whole = Key("kind").text(std::string("a\0b", 3)).integer(-7);
    KeyReader parts(whole);
    CHECK(parts.text() == "kind");
    CHECK(parts.text() == std::string("a\0b", 3));
    CHECK(parts.integer() == -7);
}

TEST_CASE("keys of any length come back whole and in order, forwards and backwards") {
    Store store({});
    const Table table = store.table("t");
    std::mt19937 random(7);
    std::map<std::string, std::string> model;
    Txn txn(store.env(), Txn::Mode::write);
    const std::string longPrefix(505, 'p');
    for (int i = 0; i < 3000; ++i) {
        std::string key = random() % 3 ? longPrefix : std::string(random() % 4 + 1, 'p');
        for (auto n = random() % 12; n > 0; --n) key += static_cast<char>("apz\xff"[random() % 4]);
        if (random() % 4 == 0) {
            CHECK(txn.erase(table, key) == (model.erase(key) == 1));
        } else {
            txn.put(table, key, std::to_string(i));
            model[key] = std::to_string(i);
        }
    }
    for (const auto& [key, value] : model) CHECK(txn.get(table, key) == value);
    Cursor cursor(txn, table);
    bool more = cursor.first();
    for (const auto& [key, value] : model) {
        REQUIRE(more);
        CHECK(cursor.key() == key);
        CHECK(cursor.value() == value);
        more = cursor.next();
    }
    CHECK_FALSE(more);
    more = cursor.last();
    for (auto entry = model.rbegin(); entry != model.rend(); ++entry, more = cursor.previous()) {
        REQUIRE(more);
        CHECK(cursor.key() == entry->first);
    }
    for (int i = 0; i < 500; ++i) {
        std::string key = random() % 2 ? longPrefix : "p";
        for (auto n = random() % 10; n > 0; --n) key += static_cast<char>("bpy"[random() % 3]);
        const auto expected = model.lower_bound(key);
        CHECK(cursor.seek(key) == (expected != model.end()));
        if (expected != model.end()) CHECK(cursor.key() == expected->first);
        const bool before = cursor.seekBefore(key);
        CHECK(before == (expected != model.begin()));
        if (before) CHECK(cursor.key() == std::prev(expected)->first);
    }
}

TEST_CASE("what was changed since a mark is undone alone") {
    Store store({});
    const Table table = store.table("t");
    const std::string longKey(700, 'k');  // shares a row with its neighbours
    Txn txn(store.env(), Txn::Mode::write);
    for (const std::string& key : {std::string("changed"), std::string("erased"), std::string("kept"), longKey + "1"})
        txn.put(table, key, "before");
    txn.keepJournal(true);
    txn.put(table, "kept", "outer");
    const auto outer = txn.mark();
    txn.put(table, "changed", "once");
    txn.put(table, "changed", "twice");
    CHECK(txn.erase(table, "erased"));
    CHECK_FALSE(txn.erase(table, "never"));
    txn.put(table, "new", "1");
    txn.put(table, longKey + "1", "after");
    txn.put(table, longKey + "2", "after");
    const auto inner = txn.mark();
    CHECK(txn.eraseRange(table, "a", "z") == 5);
    txn.undoTo(inner);
    CHECK(txn.count(table) == 4);  // the long keys are one row
    CHECK(txn.get(table, "changed") == "twice");
    CHECK(txn.get(table, longKey + "2") == "after");
    txn.undoTo(outer);
    CHECK(txn.get(table, "changed") == "before");
    CHECK(txn.get(table, "erased") == "before");
    CHECK(txn.get(table, "kept") == "outer");
    CHECK_FALSE(txn.get(table, "new"));
    CHECK(txn.get(table, longKey + "1") == "before");
    CHECK_FALSE(txn.get(table, longKey + "2"));
}

TEST_CASE("random changes undone to random marks leave what was there") {
    Store store({});
    const Table table = store.table("t");
    Txn txn(store.env(), Txn::Mode::write);
    txn.keepJournal(true);
    std::mt19937 random(7);
    std::map<std::string, std::string> model;
    std::vector<std::pair<std::size_t, std::map<std::string, std::string>>> marks{{txn.mark(), model}};
    for (int i = 0; i < 20'000; ++i) {
        const std::string key(random() % 8 ? random() % 20 + 1 : 600 + random() % 3,
                              static_cast<char>('a' + random() % 3));
        if (random() % 3) {
            const std::string value(random() % 2000, 'v');
            txn.put(table, key, value);
            model[key] = value;
        } else {
            CHECK(txn.erase(table, key) == (model.erase(key) == 1));
        }
        if (random() % 10 == 0) marks.emplace_back(txn.mark(), model);
        if (random() % 50 == 0) {
            const auto& [mark, then] = marks[random() % marks.size()];
            txn.undoTo(mark);
            model = then;
            while (marks.back().first > txn.mark()) marks.pop_back();
            std::map<std::string, std::string> found;
            Cursor cursor(txn, table);
            for (bool more = cursor.first(); more; more = cursor.next())
                found[std::string(cursor.key())] = cursor.value();
            CHECK(found == model);
        }
    }
}

TEST_CASE("a data folder has one owner, and another format is refused untouched") {
    const auto folder = std::filesystem::temp_directory_path() / ("backlot-store-test-" + std::to_string(::getpid()));
    {
        Store store({.folder = folder});
        CHECK_THROWS_WITH_AS(Store({.folder = folder}), doctest::Contains(std::to_string(::getpid()).c_str()),
                             StoreError);
        Txn txn(store.env(), Txn::Mode::write);
        txn.put(store.table("meta"), "format", "4");
        txn.commit();
    }
    CHECK_THROWS_WITH_AS(Store({.folder = folder}), doctest::Contains("has format 4; this Backlot reads format 3"),
                         StoreError);
    std::filesystem::remove_all(folder);
}

TEST_CASE("a lock that only an unborn child of a killed owner holds is waited for") {
    const auto folder = std::filesystem::temp_directory_path() / ("backlot-lock-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const int lock = ::open((folder / "backlot.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    REQUIRE(::flock(lock, LOCK_EX) == 0);
    REQUIRE(::pwrite(lock, "4194305", 7, 0) == 7);  // beyond the largest process id that there is
    std::thread exec([lock] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        ::close(lock);
    });
    CHECK_NOTHROW(Store({.folder = folder}));
    exec.join();
    std::filesystem::remove_all(folder);
}

TEST_CASE("ranges are erased up to their end") {
    Store store({});
    const Table table = store.table("t");
    Txn txn(store.env(), Txn::Mode::write);
    for (const char* key : {"a", "b1", "b2", "b\xff", "c"}) txn.put(table, key, "x");
    CHECK(txn.eraseRange(table, "b", endOfPrefix("b")) == 3);
    CHECK(txn.count(table) == 2);
    CHECK(endOfPrefix("\xff\xff").empty());
}

TEST_CASE("a folder that was open when its machine stopped says so: it is read through, and damage is refused") {
    const auto folder = std::filesystem::temp_directory_path() / ("backlot-cut-off-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    const auto mark = folder / "backlot.open";
    const auto write = [](const std::filesystem::path& file, const std::string& text) {
        std::ofstream(file, std::ios::binary) << text;
    };
    {
        Store store({.folder = folder});
        CHECK(std::filesystem::exists(mark));
        const Table table = store.table("t");
        Txn txn(store.env(), Txn::Mode::write);
        for (int i = 0; i < 2000; ++i)
            txn.put(table, Key().number(static_cast<std::uint64_t>(i)), std::string(100, 'x'));
        txn.commit();
    }
    CHECK_FALSE(std::filesystem::exists(mark));  // closed and synced
    {
        const Store durable({.folder = folder, .durable = true});
        CHECK_FALSE(std::filesystem::exists(mark));
    }
    write(mark, "an earlier start of the machine");
    {
        Store store({.folder = folder});
        const Table table = store.table("t");
        const Txn txn(store.env(), Txn::Mode::read);
        CHECK(txn.count(table) == 2000);
    }
    write(mark, "an earlier start of the machine");
    write(folder / "data.mdb", std::string(1 << 20, '\0'));
    CHECK_THROWS_AS(Store({.folder = folder}), StoreError);
    CHECK(std::filesystem::exists(mark));
    std::filesystem::remove_all(folder);
}

TEST_CASE("a compacted store has its rows in a file without free pages, and goes on") {
    const auto folder = std::filesystem::temp_directory_path() / ("backlot-compact-" + std::to_string(getpid()));
    const auto size = [&] { return std::filesystem::file_size(folder / "data.mdb"); };
    {
        Store store({.folder = folder});
        Table table = store.table("t");
        const std::string large(10'000, 'x');
        const auto write = [&](const auto& change) {
            Txn txn(store.env(), Txn::Mode::write);
            change(txn);
            txn.commit();
        };
        write([&](Txn& txn) {
            for (int i = 0; i < 500; ++i) txn.put(table, Key("row").integer(i).bytes(), large);
        });
        write([&](Txn& txn) {
            for (int i = 3; i < 500; ++i) txn.erase(table, Key("row").integer(i).bytes());
        });
        const auto before = size();
        store.compact();
        CHECK(size() < before / 10);
        table = store.table("t");
        write([&](Txn& txn) { txn.put(table, "later", "b"); });
    }
    {
        Store again({.folder = folder});
        const Table table = again.table("t");
        Txn txn(again.env(), Txn::Mode::read);
        CHECK(txn.count(table) == 4);
        CHECK(txn.get(table, "later") == "b");
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("a store that is opened again, or with a larger map, has what was committed") {
    for (const bool temporary : {true, false}) {
        const auto folder =
            temporary ? std::filesystem::path()
                      : std::filesystem::temp_directory_path() / ("backlot-reopen-" + std::to_string(::getpid()));
        Store store({.folder = folder, .mapBytes = std::size_t(1) << 20});
        {
            const Table meta = store.table("meta");
            Txn txn(store.env(), Txn::Mode::write);
            txn.put(meta, "key", "kept");
            txn.commit();
        }
        store.reopen();
        store.grow();
        {
            const Table meta = store.table("meta");
            Txn txn(store.env(), Txn::Mode::write);
            CHECK(txn.get(meta, "key") == "kept");
            txn.put(meta, "large", std::string(std::size_t(3) << 19, 'x'));
            txn.commit();
        }
        CHECK(store.usable());
        if (!temporary) std::filesystem::remove_all(folder);
    }
}
