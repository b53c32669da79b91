#include "emulator/services/s3/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

struct S3Bench : Bench {
    S3Bench()
        : Bench([] {
              std::vector<Service> services;
              services.push_back(s3::s3Service());
              return services;
          }()) {
        call("s3", "CreateBucket", object({{"Bucket", "receipts"}}));
    }
    void put(const std::string& key, const std::string& body) { call("s3", "PutObject", at(key, body)); }
    Json at(const std::string& key, std::optional<std::string> body = {}) const {
        return object({{"Bucket", "receipts"}, {"Key", key}, {"Body", body}});
    }
    std::string get(const std::string& key) { return textOr(call("s3", "GetObject", at(key)), "Body"); }
    std::vector<std::string> keys(Json request) {
        set(request, "Bucket", "receipts");
        std::vector<std::string> result;
        const Json answer = call("s3", "ListObjectsV2", std::move(request));
        if (const Json* contents = find(answer, "Contents"))
            for (const auto& entry : contents->GetArray()) result.push_back(textOr(entry, "Key"));
        if (const Json* prefixes = find(answer, "CommonPrefixes"))
            for (const auto& entry : prefixes->GetArray()) result.push_back(textOr(entry, "Prefix"));
        return result;
    }
};

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("an object comes back as it was put, with its ETag") {
    S3Bench bench;
    const Json answer = bench.call(
        "s3", "PutObject",
        object(
            {{"Bucket", "receipts"}, {"Key", "a.txt"}, {"Body", "hello"}, {"Metadata", object({{"order", "1001"}})}}));
    CHECK(textOr(answer, "ETag") == "\"5d41402abc4b2a76b9719d911017c592\"");
    const Json got = bench.call("s3", "GetObject", bench.at("a.txt"));
    CHECK(textOr(got, "Body") == "hello");
    CHECK(intOr(got, "ContentLength", 0) == 5);
    CHECK(textOr(got, "ContentType") == "binary/octet-stream");
    CHECK(textOr(*find(got, "Metadata"), "order") == "1001");
}

TEST_CASE("what is not there is an error of its own") {
    S3Bench bench;
    CHECK(bench.errorOf("s3", "GetObject", bench.at("none")) == "NoSuchKey");
    CHECK(bench.errorOf("s3", "GetObject", object({{"Bucket", "none"}, {"Key", "a"}})) == "NoSuchBucket");
    CHECK(bench.errorOf("s3", "DeleteObject", bench.at("none")).empty());
    CHECK(bench.errorOf("s3", "CreateBucket", object({{"Bucket", "Not_A_Name"}})) == "InvalidBucketName");
}

TEST_CASE("a range is a part of the object") {
    S3Bench bench;
    bench.put("digits", "0123456789");
    const auto part = [&](const char* range) {
        return textOr(
            bench.call("s3", "GetObject", object({{"Bucket", "receipts"}, {"Key", "digits"}, {"Range", range}})),
            "Body");
    };
    CHECK(part("bytes=2-4") == "234");
    CHECK(part("bytes=7-") == "789");
    CHECK(part("bytes=-2") == "89");
    CHECK(bench.errorOf("s3", "GetObject",
                        object({{"Bucket", "receipts"}, {"Key", "digits"}, {"Range", "bytes=10-"}})) == "InvalidRange");
}

TEST_CASE("keys are listed in order, by prefix, rolled up at a delimiter, in pages") {
    S3Bench bench;
    for (const char* key : {"b/2", "a", "b/1", "c/x/1", "d"}) bench.put(key, "");
    CHECK(bench.keys(object()) == Keys{"a", "b/1", "b/2", "c/x/1", "d"});
    CHECK(bench.keys(object({{"Prefix", "b/"}})) == Keys{"b/1", "b/2"});
    CHECK(bench.keys(object({{"Delimiter", "/"}})) == Keys{"a", "d", "b/", "c/"});
    CHECK(bench.keys(object({{"StartAfter", "b/1"}})) == Keys{"b/2", "c/x/1", "d"});
    Keys all;
    std::optional<std::string> token;
    do {
        const Json page = bench.call("s3", "ListObjectsV2",
                                     object({{"Bucket", "receipts"}, {"MaxKeys", 2}, {"ContinuationToken", token}}));
        for (const auto& entry : find(page, "Contents")->GetArray()) all.push_back(textOr(entry, "Key"));
        token = optionalText(page, "NextContinuationToken");
    } while (token);
    CHECK(all == Keys{"a", "b/1", "b/2", "c/x/1", "d"});
}

TEST_CASE("a conditional put does not overwrite") {
    S3Bench bench;
    bench.put("once", "1");
    CHECK(bench.errorOf("s3", "PutObject",
                        object({{"Bucket", "receipts"}, {"Key", "once"}, {"Body", "2"}, {"IfNoneMatch", "*"}})) ==
          "PreconditionFailed");
    CHECK(bench.get("once") == "1");
}

TEST_CASE("an object is copied with its metadata") {
    S3Bench bench;
    bench.call("s3", "PutObject",
               object({{"Bucket", "receipts"}, {"Key", "from"}, {"Body", "x"}, {"Metadata", object({{"k", "v"}})}}));
    bench.call("s3", "CopyObject", object({{"Bucket", "receipts"}, {"Key", "to"}, {"CopySource", "/receipts/from"}}));
    CHECK(textOr(*find(bench.call("s3", "HeadObject", bench.at("to")), "Metadata"), "k") == "v");
}

TEST_CASE("a bucket with objects is not deleted") {
    S3Bench bench;
    bench.put("a", "1");
    CHECK(bench.errorOf("s3", "DeleteBucket", object({{"Bucket", "receipts"}})) == "BucketNotEmpty");
    bench.call("s3", "DeleteObjects",
               object({{"Bucket", "receipts"}, {"Delete", object({{"Objects", list({object({{"Key", "a"}})})}})}}));
    CHECK(bench.errorOf("s3", "DeleteBucket", object({{"Bucket", "receipts"}})).empty());
}
