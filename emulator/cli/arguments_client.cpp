// The commands that talk to a running instance.

#include "emulator/cli/arguments.h"

namespace backlot::cli {
namespace {

struct Nothing {};

/// Commands that somebody has to answer.
template <typename Options>
std::function<void(CLI::App&, Options&)> talking(
    Grammar& grammar, std::function<void(CLI::App&, Options&)> declare = [](CLI::App&, Options&) {}) {
    return [&grammar, declare = std::move(declare)](CLI::App& command, Options& options) {
        declare(command, options);
        command
            .add_option("--endpoint", grammar.common.endpoint,
                        "the instance to talk to (else $BACKLOT_ENDPOINT, $AWS_ENDPOINT_URL, port 4566)")
            ->group("Common");
        command.add_option("--token", grammar.common.token, "the token that it wants, if any (else $BACKLOT_TOKEN)")
            ->envname("BACKLOT_TOKEN")
            ->group("Common");
    };
}

/// freeze, resume, auto and to, as people also say it.
int runClock(const Common& common, std::pair<std::string, std::string>& words) {
    auto& [action, value] = words;
    if (action == "freeze") return clock(common, "mode", "virtual");
    if (action == "resume") return clock(common, "mode", "real");
    if (action == "auto") return clock(common, "mode", "auto");
    return clock(common, action == "to" ? "set" : action, value);
}

}  // namespace

void addWorking(Grammar& grammar) {
    grammar.add<EnvOptions>(
        "env", "Print the environment that leads AWS clients here.", "eval \"$(backlot env)\"",
        talking<EnvOptions>(grammar,
                            [](CLI::App& command, EnvOptions& options) {
                                command.add_option("--shell", options.shell, "bash, fish, pwsh, dotenv or github")
                                    ->capture_default_str();
                            }),
        env);
    grammar.add<DeployOptions>(
        "deploy", "Deploy a SAM or CloudFormation template, or bring what is deployed up to date.",
        "backlot deploy functions/template.yaml --param AdminEmails=me@example.com",
        talking<DeployOptions>(
            grammar,
            [](CLI::App& command, DeployOptions& options) {
                command.add_option("template", options.file, "the template")->required();
                command.add_option("--stack", options.stack, "the stack's name (else that of the template's folder)");
                addParameters(command, options.parameters);
                command.add_flag("--strict", options.strict, "resources that Backlot cannot make are an error");
                command.add_flag("--dry-run", options.dryRun, "only read the template and say what would be made");
            }),
        deploy);
    grammar.add<std::string>(
        "destroy", "Remove what a deployment made.", "backlot destroy functions/template.yaml",
        talking<std::string>(grammar,
                             [](CLI::App& command, std::string& stack) {
                                 command.add_option("stack", stack, "a stack, or its template")->required();
                             }),
        destroy);
    grammar.add<InvokeOptions>(
        "invoke", "Invoke a Lambda function: its answer on standard output, the end of its log on standard error.",
        "backlot invoke get-product -e fixtures/events/get-product.json",
        talking<InvokeOptions>(
            grammar,
            [](CLI::App& command, InvokeOptions& options) {
                command.add_option("function", options.function, "name or ARN")->required();
                command.add_option("-e,--event", options.event, "a file, - for standard input, or JSON (else {})");
                command.add_option("--qualifier", options.qualifier, "version or alias");
                command.add_flag("--async", options.async, "as an event: do not wait for the answer");
                command.add_flag("--dry-run", options.dryRun, "only check that it could be invoked");
                command.add_flag("--no-log", options.noLog, "without the log");
            }),
        invoke);
    grammar.add<LogsOptions>(
        "logs", "Print what functions logged, in the order it came.", "backlot logs -f process-payment",
        talking<LogsOptions>(grammar,
                             [](CLI::App& command, LogsOptions& options) {
                                 command.add_option("name", options.names, "functions or log groups; none: all");
                                 command.add_flag("-f,--follow", options.follow, "go on with what comes");
                                 command.add_option("--filter", options.filter, "a CloudWatch Logs filter pattern");
                                 command.add_option("--since", options.since, "only that far back: 5m");
                                 command.add_option("-n,--tail", options.tail, "only the last so many lines");
                             }),
        logs);
    grammar.add<InboxOptions>(
        "inbox", "Mails and text messages that were sent.",
        "backlot inbox wait --to jimmy@example.com --subject confirmed",
        talking<InboxOptions>(
            grammar,
            [](CLI::App& command, InboxOptions& options) {
                command.add_option("action", options.action, "list, show, wait or clear")
                    ->check(CLI::IsMember({"list", "show", "wait", "clear"}))
                    ->capture_default_str();
                command.add_option("id", options.id, "which one to show: its number, its id, or last");
                command.add_option("--to", options.to, "only those to such an address");
                command.add_option("--subject", options.subject, "only those with this in their subject");
                command.add_option("--timeout", options.timeout, "how long wait waits")->capture_default_str();
            }),
        inbox);
}

void addWorld(Grammar& grammar) {
    grammar.add<IdleOptions>(
        "idle", "Wait until nothing is left to do; exit status 5 and who is busy if that takes too long.",
        "backlot idle --timeout 1m",
        talking<IdleOptions>(
            grammar,
            [](CLI::App& command, IdleOptions& options) {
                command.add_option("--timeout", options.timeout, "at most that long")->capture_default_str();
            }),
        idle);
    using Words = std::pair<std::string, std::string>;
    grammar.add<Words>(
        "clock", "Show or move the clock.", "backlot clock advance 15m",
        talking<Words>(
            grammar,
            [](CLI::App& command, Words& words) {
                words.first = "show";
                command
                    .add_option("action", words.first,
                                "show, advance DURATION, set TIME, next, mode real|virtual|auto, freeze, resume, auto")
                    ->check(
                        CLI::IsMember({"show", "advance", "set", "to", "next", "mode", "freeze", "resume", "auto"}));
                command.add_option("value", words.second, "its operand");
            }),
        runClock);
    grammar.add<Nothing>("reset", "Empty the world: everything begins anew.", "backlot reset",
                         talking<Nothing>(grammar), [](const Common& common, Nothing&) { return reset(common); });
    grammar.add<SnapshotOptions>(
        "snapshot", "Keep the whole world under a name, and go back to it.", "backlot snapshot save before-refund",
        talking<SnapshotOptions>(grammar,
                                 [](CLI::App& command, SnapshotOptions& options) {
                                     command.add_option("action", options.action, "save, load, list or delete")
                                         ->required()
                                         ->check(CLI::IsMember({"save", "load", "list", "delete"}));
                                     command.add_option("name", options.name,
                                                        "the snapshot, or a file where it holds a slash: ./before.blt");
                                     command.add_option("--file", options.file,
                                                        "a file of your own in place of a name, whatever it is called");
                                 }),
        snapshot);
    grammar.add<TraceOptions>(
        "trace", "What one request led to, as a tree.", "backlot trace ORDER-1001",
        talking<TraceOptions>(
            grammar,
            [](CLI::App& command, TraceOptions& options) {
                command
                    .add_option("which", options.which,
                                "last, a trace's id, or part of a name that it touched (an order, a queue)")
                    ->capture_default_str();
                command.add_flag("-l,--list", options.list, "list traces, newest last");
                command.add_flag("-a,--all", options.all, "Backlot's own steps too");
                command.add_option("--limit", options.limit, "so many in the list")->capture_default_str();
            }),
        trace);
    grammar.add<RecordOptions>(
        "record", "The record of everything that happened, entry by entry.", "backlot record --service sqs",
        talking<RecordOptions>(
            grammar,
            [](CLI::App& command, RecordOptions& options) {
                command.add_option("--since", options.since, "after the entry of this number");
                command.add_option("--service", options.service, "of one service");
                command.add_option("--trace", options.trace, "of one trace");
                command.add_option("--limit", options.limit, "at most so many")->capture_default_str();
            }),
        record);
    grammar.add<std::string>("executions", "Executions of state machines.", "backlot executions --status FAILED",
                             talking<std::string>(grammar,
                                                  [](CLI::App& command, std::string& status) {
                                                      command.add_option(
                                                          "--status", status,
                                                          "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED");
                                                  }),
                             executions);
    grammar.add<Nothing>("status", "What is running, and what was called.", "backlot status", talking<Nothing>(grammar),
                         [](const Common& common, Nothing&) { return status(common); });
    grammar.add<Nothing>("down", "Stop a running instance.", "backlot down", talking<Nothing>(grammar),
                         [](const Common& common, Nothing&) { return down(common); });
}

}  // namespace backlot::cli
