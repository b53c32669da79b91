#include "emulator/services/states/result_writer.h"

namespace backlot::states {
namespace {

/// A child execution as the result files show it.
Json childJson(const ExecutionRow& row) {
    const bool ok = row.status == "SUCCEEDED";
    Json result = object({{"ExecutionArn", row.arn},
                          {"Input", row.input},
                          {"InputDetails", object({{"Included", true}})},
                          {"Name", row.name}});
    if (ok) {
        set(result, "Output", row.output);
        set(result, "OutputDetails", object({{"Included", true}}));
    } else {
        set(result, "Error", row.error);
        set(result, "Cause", row.cause);
    }
    const auto redrive = redriveStatus(row);
    set(result, "RedriveCount", row.redriveCount);
    set(result, "RedriveStatus", redrive.status);
    set(result, "RedriveStatusReason", redrive.reason);
    set(result, "StartDate", iso8601Millis(row.startedAt));
    set(result, "StateMachineArn", row.machineArn);
    set(result, "Status", row.status);
    set(result, "StopDate", iso8601Millis(row.stoppedAt));
    return result;
}

/// COMPACT: the output alone; FLATTEN: and an array's elements one by one. Of failed children AWS writes everything.
void addResult(Json& results, const ExecutionRow& row, const std::string& transformation) {
    if (transformation == "NONE" || row.status != "SUCCEEDED") return push(results, childJson(row));
    Json output = parseJson(row.output);
    if (transformation == "FLATTEN" && output.IsArray())
        for (auto& element : output.GetArray()) push(results, std::move(element));
    else
        push(results, std::move(output));
}

std::string asFile(const Json& results, bool lines) {
    if (!lines) return writeJson(results);
    std::string text;
    for (const auto& result : results.GetArray()) text += writeJson(result) + "\n";
    return text;
}

}  // namespace

asl::Payload writeResults(Call& call, const std::string& mapRunArn, const Json& writer,
                          const std::vector<ExecutionRow>& children) {
    const Json none = object();
    const Json& config = find(writer, "WriterConfig") ? *find(writer, "WriterConfig") : none;
    const Json* parameters = find(writer, "Parameters");
    const std::string bucket = parameters ? textOr(*parameters, "Bucket") : std::string();
    const std::string transformation = textOr(config, "Transformation", "NONE");
    if (bucket.empty()) {
        Json results = list();
        for (const auto& child : children) addResult(results, child, transformation);
        return asl::Payload(std::move(results));
    }
    const bool lines = textOr(config, "OutputType", "JSON") == "JSONL";
    std::string folder = parameters ? textOr(*parameters, "Prefix") : std::string();
    if (!folder.empty() && !folder.ends_with('/')) folder += '/';
    folder += mapRunArn.substr(mapRunArn.rfind(':') + 1);
    Json files = object();
    for (const std::string status : {"FAILED", "PENDING", "SUCCEEDED"}) {
        Json results = list(), written = list();
        for (const auto& child : children) {
            const std::string group = child.status == "SUCCEEDED" ? "SUCCEEDED"
                                      : child.status == "PENDING" ? "PENDING"
                                                                  : "FAILED";
            if (group == status) addResult(results, child, transformation);
        }
        if (!results.Empty()) {
            const std::string key = folder + "/" + status + "_0." + (lines ? "jsonl" : "json"),
                              body = asFile(results, lines);
            call.invoke(
                "s3", "PutObject",
                object({{"Bucket", bucket}, {"Key", key}, {"Body", body}, {"ContentType", "application/json"}}));
            push(written, object({{"Key", key}, {"Size", body.size()}}));
        }
        set(files, status, std::move(written));
    }
    const std::string key = folder + "/manifest.json";
    const Json manifest =
        object({{"DestinationBucket", bucket}, {"MapRunArn", mapRunArn}, {"ResultFiles", std::move(files)}});
    call.invoke(
        "s3", "PutObject",
        object({{"Bucket", bucket}, {"Key", key}, {"Body", writeJson(manifest)}, {"ContentType", "application/json"}}));
    return asl::Payload(
        object({{"MapRunArn", mapRunArn}, {"ResultWriterDetails", object({{"Bucket", bucket}, {"Key", key}})}}));
}

}  // namespace backlot::states
