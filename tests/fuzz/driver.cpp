// Stands in for libFuzzer where there is none: replays files and folders, and changes each of them at random.
//   PROGRAM [--runs N] [--seed N] [FILE | FOLDER]…
// When the process dies, the input under way is written to crash-input.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string_view underWay;  // for the handler of signals, which is given nothing

void keepInput(int signal) {
    const int file = ::open("crash-input", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    [[maybe_unused]] const auto written = ::write(file, underWay.data(), underWay.size());
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(const std::string& input) {
    underWay = input;
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A byte changed, taken out or put in; a piece doubled, moved or cut off; a piece of another input.
std::string changed(std::string text, const std::vector<std::string>& all, std::mt19937_64& dice) {
    const auto below = [&](std::size_t limit) { return limit ? static_cast<std::size_t>(dice() % limit) : 0; };
    static constexpr std::string_view kTelling =
        "\"\\{}[]()<>:,.$&%=+-/*#'` \t\n\0\x7f\x80\xff\xc0\xed"
        "0919eE";
    for (std::size_t changes = 1 + below(8); changes--;) {
        const auto at = below(text.size() + 1);
        const char byte = below(2) ? kTelling[below(kTelling.size())] : static_cast<char>(below(256));
        switch (below(7)) {
            case 0:
                if (at < text.size()) text[at] = byte;
                break;
            case 1: text.insert(at, 1, byte); break;
            case 2: text.erase(at, 1 + below(4)); break;
            case 3: text.insert(at, text.substr(below(text.size() + 1), below(24))); break;
            case 4: text.insert(at, 1 + below(64), byte); break;
            case 5: text.resize(at); break;
            default: {
                const auto& other = all[below(all.size())];
                text.insert(at, other.substr(below(other.size() + 1), below(64)));
            }
        }
    }
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t runs = 2000;
    std::uint64_t seed = 1;
    std::vector<std::filesystem::path> files;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--runs" && i + 1 < argc)
            runs = std::strtoull(argv[++i], nullptr, 10);
        else if (argument == "--seed" && i + 1 < argc)
            seed = std::strtoull(argv[++i], nullptr, 10);
        else if (std::filesystem::is_directory(argument))
            for (const auto& entry : std::filesystem::recursive_directory_iterator(argument)) {
                if (entry.is_regular_file()) files.push_back(entry.path());
            }
        else
            files.emplace_back(argument);
    }
    std::sort(files.begin(), files.end());
    std::vector<std::string> inputs{""};
    for (const auto& file : files) inputs.push_back(read(file));
    for (const int signal : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV}) std::signal(signal, keepInput);
    for (const auto& input : inputs) run(input);
    std::mt19937_64 dice(seed);
    for (std::size_t i = 0; i < runs; ++i)
        for (const auto& input : inputs) run(changed(input, inputs, dice));
    std::cout << inputs.size() << " inputs, " << runs << " changes of each\n";
}
