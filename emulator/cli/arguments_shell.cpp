// What is made of the grammar itself: completions for shells, and the manual page.

#include <algorithm>
#include <cstdio>

#include "emulator/cli/arguments.h"

namespace backlot::cli {
namespace {

/// A command as it is typed after "backlot": "up", "asl run".
struct Entry {
    std::string path;
    const CLI::App* app;
};

std::vector<const CLI::App*> commandsOf(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

/// All commands, each before those within it.
void collect(const CLI::App& app, const std::string& path, std::vector<Entry>& entries) {
    for (const CLI::App* command : commandsOf(app)) {
        const std::string name = path.empty() ? command->get_name() : path + " " + command->get_name();
        entries.push_back({name, command});
        collect(*command, name, entries);
    }
}

std::vector<Entry> entriesOf(const CLI::App& app) {
    std::vector<Entry> entries;
    collect(app, "", entries);
    return entries;
}

/// "-v", "--verbose"; none for what stands without one (a template, a name).
std::vector<std::string> flagsOf(const CLI::Option& option) {
    std::vector<std::string> flags;
    for (const auto& name : option.get_snames()) flags.push_back("-" + name);
    for (const auto& name : option.get_lnames()) flags.push_back("--" + name);
    return flags;
}

bool takesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const auto& word : words) text.append(text.empty() ? "" : between).append(word);
    return text;
}

/// What may come next after this command: commands within it, and its flags.
std::string wordsAfter(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::App* command : commandsOf(app)) words.push_back(command->get_name());
    for (const CLI::Option* option : app.get_options())
        for (const auto& flag : flagsOf(*option)) words.push_back(flag);
    return joined(words, " ");
}

std::string replacedAll(std::string_view text, char one, std::string_view by) {
    std::string result;
    for (const char c : text) c == one ? result.append(by) : result.append(1, c);
    return result;
}

// --- completions -------------------------------------------------------------------------------------------------

void printBash(const CLI::App& app) {
    std::printf(
        "# bash completion for backlot\n"
        "_backlot() {\n"
        "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
        "  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    auto entries = entriesOf(app);
    std::reverse(entries.begin(), entries.end());  // "asl run" before "asl"
    for (const auto& [path, command] : entries) {
        const bool inner = path.find(' ') != std::string::npos;
        std::printf("    '%s'%s) words='%s' ;;\n", (inner ? path : path + " ").c_str(), inner ? "" : "*",
                    wordsAfter(*command).c_str());
    }
    std::printf(
        "    *) words='%s' ;;\n"
        "  esac\n"
        "  [ \"$COMP_CWORD\" -gt 1 ] || words='%s'\n"
        "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
        "  case $word in -*) ;; *) [ \"$COMP_CWORD\" = 1 ] || COMPREPLY+=($(compgen -f -- \"$word\")) ;; esac\n"
        "}\n"
        "complete -o filenames -F _backlot backlot\n",
        wordsAfter(app).c_str(), wordsAfter(app).c_str());
}

void printZsh(const CLI::App& app) {
    const auto described = [](const std::string& name, const std::string& what) {
        return "'" + replacedAll(replacedAll(name, ':', "\\:") + ":" + what, '\'', "'\\''") + "'";
    };
    std::printf(
        "#compdef backlot\n"
        "_backlot() {\n"
        "  local -a next\n"
        "  local typed=\"${words[2]} ${words[3]}\"\n"
        "  (( CURRENT > 2 )) || typed=\n"
        "  case \"$typed\" in\n");
    auto entries = entriesOf(app);
    std::reverse(entries.begin(), entries.end());
    entries.push_back({"", &app});
    for (const auto& [path, command] : entries) {
        const bool inner = path.find(' ') != std::string::npos;
        std::printf("    %s)\n      next=(\n", path.empty() ? "*"
                                               : inner      ? ("'" + path + "'").c_str()
                                                            : ("'" + path + " '*").c_str());
        for (const CLI::App* within : commandsOf(*command))
            std::printf("        %s\n", described(within->get_name(), within->get_description()).c_str());
        for (const CLI::Option* option : command->get_options())
            for (const auto& flag : flagsOf(*option))
                std::printf("        %s\n", described(flag, option->get_description()).c_str());
        std::printf("      ) ;;\n");
    }
    std::printf(
        "  esac\n"
        "  _describe -o 'backlot' next\n"
        "  (( CURRENT == 2 )) || _files\n"
        "}\n"
        "compdef _backlot backlot\n");
}

void printFish(const CLI::App& app) {
    const auto quoted = [](std::string_view text) { return "'" + replacedAll(text, '\'', "\\'") + "'"; };
    std::printf("# fish completion for backlot\n");
    for (const auto& [path, command] : entriesOf(app)) {
        const auto space = path.find(' ');
        const std::string condition = space == std::string::npos
                                          ? "__fish_use_subcommand"
                                          : "__fish_seen_subcommand_from " + path.substr(0, space);
        std::printf("complete -c backlot -n %s -f -a %s -d %s\n", quoted(condition).c_str(),
                    command->get_name().c_str(), quoted(command->get_description()).c_str());
        for (const CLI::Option* option : command->get_options()) {
            std::string names;
            for (const auto& name : option->get_snames()) names += " -s " + name;
            for (const auto& name : option->get_lnames()) names += " -l " + name;
            if (names.empty()) continue;
            std::printf("complete -c backlot -n '__fish_seen_subcommand_from %s'%s%s -d %s\n",
                        command->get_name().c_str(), names.c_str(), takesValue(*option) ? " -r" : "",
                        quoted(option->get_description()).c_str());
        }
    }
}

// --- the manual page -----------------------------------------------------------------------------------------------

/// Text that roff takes as it is.
std::string roff(std::string_view text) {
    std::string result = replacedAll(replacedAll(text, '\\', "\\e"), '-', "\\-");
    std::string lines;
    for (std::size_t at = 0; at <= result.size();) {
        const auto end = std::min(result.find('\n', at), result.size());
        const std::string line = result.substr(at, end - at);
        if (!lines.empty()) lines += "\n.br\n";
        lines += line.starts_with('.') || line.starts_with('\'') ? "\\&" + line : line;
        at = end + 1;
    }
    return lines;
}

void printManual(const CLI::App& app) {
    std::printf(".TH BACKLOT 1 \"\" \"backlot %s\" \"User Commands\"\n.SH NAME\nbacklot \\- %s\n", kVersion,
                roff("a local AWS with time, order, failure and state in your hand").c_str());
    std::printf(".SH SYNOPSIS\n.B backlot\n.I command\n[\\fIoptions\\fR]\n.SH COMMANDS\n");
    for (const auto& [path, command] : entriesOf(app)) {
        if (!commandsOf(*command).empty()) continue;
        std::string usage;
        for (const CLI::Option* option : command->get_options())
            if (option->get_positional() && flagsOf(*option).empty())
                usage += option->get_required() ? " " + option->get_name() : " [" + option->get_name() + "]";
        std::printf(".SS backlot %s%s\n%s\n", roff(path).c_str(), roff(usage).c_str(),
                    roff(command->get_description()).c_str());
        for (const CLI::Option* option : command->get_options()) {
            if (option->get_group() == "Common" || option->get_lnames() == std::vector<std::string>{"help"}) continue;
            const auto flags = flagsOf(*option);
            std::printf(".TP\n\\fB%s\\fR\n%s\n", roff(flags.empty() ? option->get_name() : joined(flags, ", ")).c_str(),
                        roff(option->get_description()).c_str());
        }
        std::printf(".PP\n%s\n", roff(command->get_footer()).c_str());
    }
    std::printf(".SH \"COMMON OPTIONS\"\n");
    for (const CLI::Option* option : commandsOf(app).front()->get_options())
        if (option->get_group() == "Common")
            std::printf(".TP\n\\fB%s\\fR\n%s\n", roff(joined(flagsOf(*option), ", ")).c_str(),
                        roff(option->get_description()).c_str());
    std::printf(".SH \"EXIT STATUS\"\n%s\n", roff(app.get_footer()).c_str());
}

}  // namespace

void addShell(Grammar& grammar) {
    const CLI::App& app = grammar.app;
    grammar.add<std::string>(
        "completion", "Print what makes a shell complete backlot's commands and options.",
        "source <(backlot completion bash)",
        [](CLI::App& command, std::string& shell) {
            command.add_option("shell", shell, "bash, zsh or fish")
                ->required()
                ->check(CLI::IsMember({"bash", "zsh", "fish"}));
        },
        [&app](const Common&, const std::string& shell) {
            shell == "bash" ? printBash(app) : shell == "zsh" ? printZsh(app) : printFish(app);
            return int(kOk);
        });
    grammar.add<bool>(
        "manual", "Print the manual page.", "backlot manual | man -l -", [](CLI::App&, bool&) {},
        [&app](const Common&, const bool&) {
            printManual(app);
            return int(kOk);
        });
}

}  // namespace backlot::cli
