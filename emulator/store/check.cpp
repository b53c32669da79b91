#include "emulator/store/check.h"

#include <algorithm>
#include <array>
#include <map>

#include "emulator/store/damage.h"
#include "emulator/store/environment.h"
#include "emulator/store/file.h"
#include "emulator/store/key.h"
#include "emulator/store/page.h"
#include "emulator/store/row_sum.h"

namespace backlot {
namespace {

using page::Database;
using page::Node;
using page::Page;

constexpr int kDeepest = 32;  // LMDB's CURSOR_STACK
constexpr std::uint64_t kMostPages = std::uint64_t(1) << 32;
constexpr std::string_view kFirstFormat = "1";  // whose values have no checksums

/// Whose pages and rows are being read.
struct Tree {
    std::string name;  // empty: LMDB's own list of free pages, or of tables
    Database database;
    std::uint32_t seed = 0;
    std::uint64_t branchPages = 0, leafPages = 0, overflowPages = 0, entries = 0, sum = 0;
    std::string last;  // the key before this one
    bool any = false;
    std::function<void(const Node&, std::string_view value)> row;
    bool numbered = false;  // keys are numbers, not bytes
};

class Checker {
public:
    Checker(int file, std::string shown, const CheckOptions& options)
        : file_(file), shown_(std::move(shown)), options_(options), size_(sizeOf(file)) {}

    FileFacts run() {
        readMetas();
        readFreeList();
        const bool freeIsKnown = facts_.damages == 0;
        readMain();
        if (const auto meta = databases_.find(std::string(kMetaTable)); meta != databases_.end())
            readFormat(meta->second);
        for (const auto& [name, database] : databases_) readTable(name, database);
        checkSums();
        if (options_.orphans && freeIsKnown && facts_.format != 1) readOrphans();
        return std::move(facts_);
    }

private:
    void found(std::string what) {
        if (facts_.damages++ < kFindingsKept) facts_.findings.push_back(std::move(what));
    }
    static std::string where(const Tree& tree) {
        return tree.name.empty() ? std::string() : " of the table " + tree.name;
    }

    void readMetas() {
        if (size_ == 0) throw DamageError(shown_ + " is empty");
        std::array<std::optional<page::Meta>, 2> metas;
        std::string head(page::kMetaBytes, '\0');
        // Where page 0 does not say how long pages are, page 1 is looked for.
        for (std::uint32_t bytes = 512; bytes <= 65536 && !metas[0] && !metas[1]; bytes *= 2) {
            for (std::uint64_t number : {0u, 1u}) {
                const std::size_t got = readAt(file_, head.data(), head.size(), number * bytes);
                metas[number] = page::readMeta(std::string_view(head).substr(0, got), number);
                if (number == 0 && metas[0]) bytes = metas[0]->pageBytes;
                if (metas[number] && metas[number]->pageBytes != bytes) metas[number].reset();
            }
        }
        if (!metas[0] && !metas[1])
            throw DamageError(shown_ +
                              " has no page that it could begin with: it is no data of Backlot's, or was overwritten");
        if (!metas[0] || !metas[1])
            found("page " + std::to_string(metas[0] ? 1 : 0) +
                  " is damaged: one of the two that tell of a commit, perhaps of the last");
        else if (metas[0]->transaction % 2 != 0 || metas[0]->transaction + 1 - metas[1]->transaction > 2 ||
                 metas[1]->transaction % 2 != 1)
            found("pages 0 and 1 do not tell of two commits, one after the other");
        meta_ = !metas[1] || (metas[0] && metas[0]->transaction > metas[1]->transaction) ? *metas[0] : *metas[1];
        facts_.pages = meta_.lastPage + 1;
        if (facts_.pages > kMostPages)
            throw DamageError(shown_ + " says that it has " + std::to_string(facts_.pages) + " pages");
        // Pages behind the end of the file can only be free: no bit is needed for them, however many there are said
        // to be.
        used_.assign(std::min(facts_.pages, size_ / meta_.pageBytes + 1), false);
        buffers_.assign(kDeepest + 1, std::string(meta_.pageBytes, '\0'));
    }

    /// False where the page cannot be, or is used already.
    bool take(std::uint64_t number, const Tree& tree) {
        const std::string page = "page " + std::to_string(number) + where(tree);
        if (number < 2 || number > meta_.lastPage) return found(page + " does not exist"), false;
        if ((number + 1) * meta_.pageBytes > size_) return found(page + " is missing: the file is cut off"), false;
        if (used_[number]) return found(page + " is used twice"), false;
        return used_[number] = true;
    }

    bool read(std::uint64_t number, std::string& into) {
        return readAt(file_, into.data(), into.size(), number * meta_.pageBytes) == into.size();
    }

    void walk(Tree& tree) {
        const auto damagesBefore = facts_.damages;
        if (tree.database.root != page::kNoPage) walkPage(tree, tree.database.root, 1, {}, std::nullopt);
        const Database& told = tree.database;
        if (facts_.damages != damagesBefore) return;  // what is missing was said
        if (told.entries != tree.entries)
            found("there are " + std::to_string(tree.entries) + " rows" + where(tree) + " and there should be " +
                  std::to_string(told.entries));
        else if (told.branchPages != tree.branchPages || told.leafPages != tree.leafPages ||
                 told.overflowPages != tree.overflowPages)
            found("there are not as many pages" + where(tree) + " as there should be");
    }

    /// Keys on the page are not before `first`, and before `end`.
    void walkPage(Tree& tree, std::uint64_t number, int depth, const std::string& first,
                  const std::optional<std::string>& end) {
        if (depth > tree.database.depth || depth > kDeepest)
            return found("the tree" + where(tree) + " is deeper than it should be at page " + std::to_string(number));
        if (!take(number, tree)) return;
        std::string& buffer = buffers_[static_cast<std::size_t>(depth)];
        if (!read(number, buffer)) return found("page " + std::to_string(number) + where(tree) + " cannot be read");
        const Page view(buffer);
        const std::string problem = view.problem(number);
        if (!problem.empty()) return found("page " + std::to_string(number) + where(tree) + " " + problem);
        const bool isLeaf = view.flags() == page::Flag::leaf;
        if (isLeaf != (depth == tree.database.depth))
            return found("page " + std::to_string(number) + where(tree) + " is not where it belongs");
        isLeaf ? leafPage(tree, view, number, first, end) : branchPage(tree, view, depth, first, end);
    }

    void branchPage(Tree& tree, const Page& view, int depth, const std::string& first,
                    const std::optional<std::string>& end) {
        ++tree.branchPages;
        for (std::size_t i = 0; i < view.nodes(); ++i) {
            const std::string from = i == 0 ? first : std::string(view.node(i).key);
            const auto to = i + 1 < view.nodes() ? std::optional(std::string(view.node(i + 1).key)) : end;
            walkPage(tree, view.node(i).child, depth + 1, from, to);
        }
    }

    /// LMDB's order: numbers by their value, others by their bytes.
    static bool before(const Tree& tree, std::string_view a, std::string_view b) {
        if (tree.numbered && a.size() == 8 && b.size() == 8)
            return page::number<std::uint64_t>(a, 0) < page::number<std::uint64_t>(b, 0);
        return a < b;
    }

    void leafPage(Tree& tree, const Page& view, std::uint64_t number, const std::string& first,
                  const std::optional<std::string>& end) {
        ++tree.leafPages;
        for (std::size_t i = 0; i < view.nodes(); ++i) {
            const Node node = view.node(i);
            const bool ordered = (!tree.any || before(tree, tree.last, node.key)) && !before(tree, node.key, first) &&
                                 (!end || before(tree, node.key, *end));
            if (!ordered) {
                found("page " + std::to_string(number) + where(tree) + " has keys that are not in order, at " +
                      readableKey(node.key));
                continue;
            }
            tree.last = node.key;
            tree.any = true;
            ++tree.entries;
            if (const auto value = valueOf(tree, node)) tree.row(node, *value);
        }
    }

    /// The bytes of a row's value, wherever they lie; nothing where they are not there.
    std::optional<std::string_view> valueOf(Tree& tree, const Node& node) {
        if (!(node.flags & page::NodeFlag::bigData)) return node.value;
        const auto at = page::number<std::uint64_t>(node.value, 0);
        const std::uint64_t needed = (page::kHeadBytes - 1 + node.size) / meta_.pageBytes + 1;
        std::string head(page::kHeadBytes, '\0');
        const std::string row = where(tree) + ", which hold the row " + readableKey(node.key) + ",";
        if (at < 2 || at > meta_.lastPage || (at + needed) * meta_.pageBytes > size_)
            return found("the pages from " + std::to_string(at) + row + " are missing"), std::nullopt;
        readAt(file_, head.data(), head.size(), at * meta_.pageBytes);
        const Page view(head);
        if (view.number() != at || view.flags() != page::Flag::overflow || view.overflowPages() < needed ||
            at + view.overflowPages() - 1 > meta_.lastPage)
            return found("the pages from " + std::to_string(at) + row + " are others"), std::nullopt;
        for (std::uint64_t number = at; number < at + needed; ++number)
            if (!take(number, tree)) return std::nullopt;
        // Kept for a longer value, perhaps never written.
        for (std::uint64_t number = at + needed; number < at + view.overflowPages(); ++number)
            if (number < used_.size()) {
                if (used_[number]) return found("page " + std::to_string(number) + " is used twice"), std::nullopt;
                used_[number] = true;
            }
        tree.overflowPages += view.overflowPages();
        big_.resize(node.size);
        if (readAt(file_, big_.data(), big_.size(), at * meta_.pageBytes + page::kHeadBytes) != big_.size())
            return found("the pages from " + std::to_string(at) + row + " cannot be read"), std::nullopt;
        return big_;
    }

    void readFreeList() {
        Tree tree{.database = meta_.freeList, .numbered = true};
        tree.row = [&](const Node& node, std::string_view value) {
            const auto count = value.size() >= 8 ? page::number<std::uint64_t>(value, 0) : 0;
            if (node.key.size() != 8 || page::number<std::uint64_t>(node.key, 0) > meta_.transaction ||
                value.size() < 8 || count > value.size() / 8 - 1)
                return found("the list of free pages is damaged");
            for (std::uint64_t i = 1; i <= count; ++i) free_.push_back(page::number<std::uint64_t>(value, i * 8));
        };
        walk(tree);
    }

    void readMain() {
        Tree tree{.database = meta_.main};
        tree.row = [&](const Node& node, std::string_view value) {
            if (node.key == kSumsRow && !(node.flags & page::NodeFlag::subDatabase)) {
                sums_ = readSums(value);
                if (!sums_) found("the row of sums is damaged");
                return;
            }
            const bool isTable = (node.flags & page::NodeFlag::subDatabase) && value.size() == page::kDatabaseBytes;
            if (!isTable || page::database(value).flags)
                return found("the record of the table " + readableKey(node.key) + " is damaged");
            databases_[std::string(node.key)] = page::database(value);
        };
        walk(tree);
    }

    /// Looks for one row of the table of settings, before all is read.
    void readFormat(const Database& database) {
        Tree tree{.name = std::string(kMetaTable), .database = database, .seed = row::seedOf(kMetaTable)};
        tree.row = [&](const Node& node, std::string_view value) {
            if (node.key != kFormatRow) return;
            const bool first = value == kFirstFormat;
            if (!first && !isWhole(tree, node.key, value)) return;  // said when the table is read
            const std::string text(value.substr(first ? 0 : row::kSumBytes));
            facts_.format = text.size() < 9 && text.find_first_not_of("0123456789") == text.npos && !text.empty()
                                ? std::stoi(text)
                                : 0;
        };
        const auto used = used_;
        const auto facts = facts_;
        walk(tree);
        used_ = used;
        const int format = facts_.format;
        facts_ = facts;
        facts_.format = format;
    }

    static bool isWhole(const Tree& tree, std::string_view key, std::string_view stored) {
        return stored.size() >= row::kSumBytes &&
               row::stored(stored) == row::sum(tree.seed, key, stored.substr(row::kSumBytes));
    }

    void readTable(const std::string& name, const Database& database) {
        Tree tree{.name = name, .database = database, .seed = row::seedOf(name)};
        TableFacts table{.name = name, .expected = database.entries};
        const bool summed = facts_.format != 1;
        tree.row = [&](const Node& node, std::string_view value) {
            if (node.flags & page::NodeFlag::subDatabase)
                return found("in the table " + name + ", the row " + readableKey(node.key) + " is of an unknown kind");
            if (summed && !isWhole(tree, node.key, value))
                return found("in the table " + name + ", the row " + readableKey(node.key) +
                             " is not what was written");
            if (summed) {
                tree.sum += row::stored(value);
                value.remove_prefix(row::kSumBytes);
            }
            ++table.rows;
            table.bytes += node.key.size() + value.size();
            if (options_.row) options_.row(name, node.key, value);
        };
        const auto damagesBefore = facts_.damages;
        walk(tree);
        if (summed && sums_ && facts_.damages == damagesBefore) {
            const auto place = std::find(sums_->names.begin(), sums_->names.end(), name);
            const auto slot = static_cast<std::size_t>(place - sums_->names.begin());
            if (slot >= sums_->sums.size() || sums_->sums[slot] != tree.sum)
                found("the table " + name +
                      " does not hold the rows that were written last: some are missing, older, or too many");
        }
        facts_.tables.push_back(std::move(table));
    }

    void checkSums() {
        if (facts_.format == 1) return checkFree();
        if (facts_.format == 0) found("no format is named");
        if (!sums_ && facts_.damages == 0) found("the row of sums is missing");
        if (sums_)
            for (std::size_t i = 0; i < sums_->names.size(); ++i)
                if (!databases_.contains(sums_->names[i])) found("the table " + sums_->names[i] + " is missing");
        checkFree();
    }

    void checkFree() {
        std::sort(free_.begin(), free_.end());
        for (std::size_t i = 0; i < free_.size(); ++i) {
            const auto number = free_[i];
            if (number < 2 || number > meta_.lastPage)
                found("the list of free pages has a page that does not exist");
            else if (i > 0 && number == free_[i - 1])
                found("the list of free pages has page " + std::to_string(number) + " twice");
            else if (number < used_.size() && used_[number])
                found("the list of free pages has page " + std::to_string(number) + ", which is used");
        }
        facts_.freePages = free_.size();
    }

    /// Leaves that nothing leads to. Which table their rows are of, only the checksums tell.
    void readOrphans() {
        std::map<std::string, std::uint32_t> seeds;
        for (const auto& [name, database] : databases_) seeds[name] = row::seedOf(name);
        if (sums_)
            for (const auto& name : sums_->names) seeds[name] = row::seedOf(name);
        for (const auto number : free_)
            if (number < used_.size()) used_[number] = true;
        std::string& buffer = buffers_[0];
        for (std::uint64_t number = 2; number < used_.size(); ++number) {
            if (used_[number] || !read(number, buffer)) continue;
            const Page view(buffer);
            if (!view.problem(number).empty() || view.flags() != page::Flag::leaf) continue;
            Tree nowhere;
            for (std::size_t i = 0; i < view.nodes(); ++i) {
                const Node node = view.node(i);
                const auto kept = facts_.damages;  // whatever is wrong here was said where it belongs
                const auto value = valueOf(nowhere, node);
                if (facts_.damages != kept) facts_.findings.resize(std::min<std::size_t>(kept, facts_.findings.size()));
                facts_.damages = kept;
                if (!value) continue;
                for (const auto& [name, seed] : seeds)
                    if (isWhole({.seed = seed}, node.key, *value) && options_.row)
                        options_.row(name, node.key, value->substr(row::kSumBytes));
            }
        }
    }

    int file_;
    std::string shown_;
    const CheckOptions& options_;
    std::uint64_t size_;
    FileFacts facts_;
    page::Meta meta_;
    std::vector<bool> used_;
    std::vector<std::uint64_t> free_;
    std::map<std::string, Database> databases_;
    std::optional<Sums> sums_;
    std::vector<std::string> buffers_;  // one a level of the tree
    std::string big_;
};

}  // namespace

FileFacts checkFile(int file, const std::string& shown, const CheckOptions& options) {
    return Checker(file, shown, options).run();
}

void refuseUnlessWhole(const FileFacts& facts, const std::string& shown) {
    if (facts.format != 0 && facts.format != kFormatVersion)
        throw StoreError("the data in " + shown + " has format " + std::to_string(facts.format) +
                         "; this Backlot reads format " + std::to_string(kFormatVersion) +
                         ": take the Backlot that wrote it, or start with an empty folder");
    if (facts.whole()) return;
    std::string message = "the data in " + shown + " is damaged: " + facts.findings.front();
    if (facts.damages > 1) message += "; and " + std::to_string(facts.damages - 1) + " more";
    throw DamageError(message);
}

}  // namespace backlot
