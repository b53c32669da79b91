// verify and salvage: what a data folder or a snapshot holds, and what of it is damaged. Neither changes what it reads.

#include "emulator/cli/report.h"
#include "emulator/store/salvage.h"
#include "emulator/world/jobs.h"

namespace backlot::cli {
namespace {

constexpr std::size_t kFindingsShown = 20;

Offline openData(const std::string& path) {
    try {
        return openOffline(path);
    } catch (const StoreError& error) {
        throw CommandError(kCannotStart, "CannotOpen", error.what());
    }
}

void sayFindings(Report& report, const FileFacts& facts) {
    for (std::size_t i = 0; i < facts.findings.size() && (i < kFindingsShown || report.verbose()); ++i)
        report.say(report.style().red("damaged") + "  " + facts.findings[i]);
    if (facts.damages > kFindingsShown && !report.verbose())
        report.say("… and " + std::to_string(facts.damages - kFindingsShown) + " more (--verbose)");
}

}  // namespace

int verify(const Common& common, const std::string& path) {
    return report("verify", common, [&](Report& report) {
        const Offline data = openData(path);
        std::vector<std::string> jobs;
        const CheckOptions options{.row = [&](const std::string& table, std::string_view key, std::string_view value) {
            if (table != "jobs") return;
            if (const auto problem = problemOfJob(key, value); !problem.empty()) jobs.push_back(problem);
        }};
        FileFacts facts;
        try {
            facts = checkFile(data.file.get(), data.path.string(), options);
        } catch (const DamageError& error) {
            throw CommandError(kDamaged, "Damaged", error.what());
        }
        for (auto& problem : jobs) {
            ++facts.damages;
            facts.findings.push_back(std::move(problem));
        }
        Columns table({"table", "rows", "bytes", ""});
        for (const auto& each : facts.tables)
            table.row({each.name, std::to_string(each.rows), sizeText(static_cast<std::int64_t>(each.bytes)),
                       each.rows < each.expected
                           ? report.style().red(std::to_string(each.expected - each.rows) + " missing or damaged")
                           : ""});
        for (auto& line : table.lines()) report.note(std::move(line));
        sayFindings(report, facts);
        report.note(std::to_string(facts.pages) + " pages, " + std::to_string(facts.freePages) +
                    " of them free, format " + std::to_string(facts.format));
        report.say(facts.whole() ? report.style().green("whole") + "  " + data.path.string()
                                 : report.style().red("damaged") + "  " + data.path.string() +
                                       ": save what is whole with 'backlot salvage " + path + "'");
        report.data = object({{"file", data.path.string()},
                              {"whole", facts.whole()},
                              {"format", facts.format},
                              {"pages", facts.pages},
                              {"freePages", facts.freePages},
                              {"damages", facts.damages},
                              {"findings", array(facts.findings)},
                              {"tables", array(facts.tables, [](const TableFacts& each) {
                                   return object({{"name", each.name},
                                                  {"rows", each.rows},
                                                  {"bytes", each.bytes},
                                                  {"expectedRows", each.expected}});
                               })}});
        return facts.whole() ? kOk : kDamaged;
    });
}

int salvage(const Common& common, const SalvageOptions& options) {
    return report("salvage", common, [&](Report& report) {
        const Offline data = openData(options.from);
        std::string into = options.into;
        if (into.empty()) {
            into = options.from;
            while (into.ends_with('/')) into.pop_back();
            into += ".salvaged";
        }
        Salvaged result;
        try {
            result = backlot::salvage(data, into);
        } catch (const DamageError& error) {
            throw CommandError(kDamaged, "Damaged", error.what());
        } catch (const StoreError& error) {
            throw CommandError(kFailed, "CannotSalvage", error.what());
        }
        std::uint64_t lost = 0;
        Columns table({"table", "saved", "lost"});
        for (const auto& each : result.tables) {
            lost += each.lost();
            table.row({each.name, std::to_string(each.saved),
                       each.expected == 0 && each.saved > 0 ? "not known"
                       : each.lost()                        ? report.style().red(std::to_string(each.lost()))
                                                            : "-"});
        }
        for (auto& line : table.lines()) report.note(std::move(line));
        sayFindings(report, result.source);
        report.say(
            "Saved into " + into +
            (lost ? "; " + std::to_string(lost) + " rows are lost: what depends on them may be missing too" : ""));
        report.data = object({{"from", data.path.string()},
                              {"into", into},
                              {"whole", result.source.whole()},
                              {"lost", lost},
                              {"findings", array(result.source.findings)},
                              {"tables", array(result.tables, [](const auto& each) {
                                   return object({{"name", each.name}, {"saved", each.saved}, {"lost", each.lost()}});
                               })}});
        return lost || !result.source.whole() ? kDamaged : kOk;
    });
}

}  // namespace backlot::cli
