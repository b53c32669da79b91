#include <filesystem>

#include "emulator/cli/report.h"
#include "emulator/store/damage.h"
#include "emulator/store/store.h"

namespace backlot::cli {

int compact(const Common& common, const std::string& folder) {
    return report("compact", common, [&](Report& report) {
        const auto file = std::filesystem::path(folder) / "data.mdb";
        std::error_code missing;
        const auto before = static_cast<std::int64_t>(std::filesystem::file_size(file, missing));
        if (missing) throw CommandError(kCannotStart, "CannotOpen", "there is no data in " + folder);
        try {
            Store({.folder = folder}).compact();
        } catch (const DamageError& error) {
            throw CommandError(kDamaged, "Damaged", error.what());
        } catch (const StoreError& error) {
            throw CommandError(kCannotStart, "CannotCompact", error.what());
        }
        const auto after = static_cast<std::int64_t>(std::filesystem::file_size(file));
        report.say(file.string() + ": " + sizeText(before) + " before, " + sizeText(after) + " now");
        report.data = object({{"file", file.string()}, {"before", before}, {"after", after}});
        return kOk;
    });
}

}  // namespace backlot::cli
