#include "emulator/services/s3/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;

namespace {

struct BucketBench : Bench {
    static std::vector<Service> services() {
        std::vector<Service> all;
        all.push_back(s3::s3Service());
        return all;
    }
    BucketBench() : Bench(services()) {
        for (const char* name : {"aaa", "bbb", "bcc"}) call("s3", "CreateBucket", object({{"Bucket", name}}));
    }
    static std::string names(const Json& answer) {
        std::string all;
        for (const Json* bucket : Fields(answer).items("Buckets")) all += textOr(*bucket, "Name") + " ";
        return all;
    }
};

}  // namespace

TEST_CASE("buckets are listed in pages, by their beginning and by Region") {
    BucketBench bench;
    const Json first = bench.call("s3", "ListBuckets", object({{"MaxBuckets", 2}}));
    CHECK(BucketBench::names(first) == "aaa bbb ");
    const Json second = bench.call(
        "s3", "ListBuckets", object({{"MaxBuckets", 2}, {"ContinuationToken", textOr(first, "ContinuationToken")}}));
    CHECK(BucketBench::names(second) == "bcc ");
    CHECK_FALSE(find(second, "ContinuationToken"));
    CHECK(BucketBench::names(bench.call("s3", "ListBuckets", object({{"Prefix", "b"}}))) == "bbb bcc ");
    CHECK(BucketBench::names(bench.call("s3", "ListBuckets", object({{"BucketRegion", "eu-west-1"}}))).empty());
}

TEST_CASE("a page of no bucket is refused") {
    BucketBench bench;
    for (const int most : {0, -1, 10'001})
        CHECK(bench.errorOf("s3", "ListBuckets", object({{"MaxBuckets", most}})) == "InvalidArgument");
}
