// Random operations against DynamoDB and against a model of it that fits on a page: both must answer alike. A failure
// is shrunk to the few steps that it takes. BACKLOT_PROPERTY_STEPS sets how many steps are tried (a million by night).

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

namespace {

struct Step {
    enum Kind {
        put,
        putNew,
        add,
        removeGroup,
        remove,
        transaction,
        batch,
        query,
        queryIndex,
        queryLocal,
        scan,
        count_
    } kind;
    int pk, sk, group, number, limit;
    bool forward;
};

struct Item {
    int group = -1, number = 0;  // -1: the attribute is not there
};
using Key = std::pair<int, int>;

std::string attribute(std::string_view name, char type, const std::string& value) {
    return "\"" + std::string(name) + "\": {\"" + type + "\": \"" + value + "\"}";
}
std::string keyText(int pk, int sk) {
    return attribute("pk", 'S', "p" + std::to_string(pk)) + ", " + attribute("sk", 'N', std::to_string(sk));
}
std::string itemText(const Step& step) {
    auto text = keyText(step.pk, step.sk) + ", " + attribute("n", 'N', std::to_string(step.number));
    if (step.group >= 0) text += ", " + attribute("g", 'S', "g" + std::to_string(step.group));
    return "{" + text + "}";
}

class Pair {
public:
    Pair() {
        bench_.run("CreateTable", R"({"TableName": "T", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"},
                                     {"AttributeName": "g", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            "LocalSecondaryIndexes": [{"IndexName": "L", "Projection": {"ProjectionType": "KEYS_ONLY"},
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}]}],
            "GlobalSecondaryIndexes": [{"IndexName": "G", "Projection": {"ProjectionType": "KEYS_ONLY"},
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}]}]})");
    }

    /// What differs after the step; empty where both agree.
    std::string take(const Step& step) {
        const Key key{step.pk, step.sk};
        const auto found = model_.find(key);
        const bool there = found != model_.end();
        const std::string target = R"("TableName": "T", "Key": {)" + keyText(step.pk, step.sk) + "}";
        const std::string amount =
            R"("ExpressionAttributeValues": {":n": {"N": ")" + std::to_string(step.number) + R"("}})";
        switch (step.kind) {
            case Step::put:
                model_[key] = {step.group, step.number};
                return same(bench_.error("PutItem", R"({"TableName": "T", "Item": )" + itemText(step) + "}"), "");
            case Step::putNew: {
                const auto error = bench_.error(
                    "PutItem",
                    R"json({"TableName": "T", "ConditionExpression": "attribute_not_exists(pk)", "Item": )json" +
                        itemText(step) + "}");
                if (!there) model_[key] = {step.group, step.number};
                return same(error.substr(0, 29), there ? "ConditionalCheckFailedExcepti" : "");
            }
            case Step::add: {
                const auto error = bench_.error(
                    "UpdateItem", "{" + target +
                                      R"(, "UpdateExpression": "ADD n :n", "ConditionExpression": "n <> :n", )" +
                                      amount + "}");
                const bool refused = there && found->second.number == step.number;
                if (!there)
                    model_[key] = {-1, step.number};
                else if (!refused)
                    found->second.number += step.number;
                return same(error.substr(0, 29), refused ? "ConditionalCheckFailedExcepti" : "");
            }
            case Step::removeGroup:
                if (there) found->second.group = -1;
                return same(bench_.error("UpdateItem", "{" + target + R"(, "UpdateExpression": "REMOVE g"})"), "");
            case Step::remove: model_.erase(key); return same(bench_.error("DeleteItem", "{" + target + "}"), "");
            case Step::transaction: {  // puts one item, if the other is there
                const Key other{(step.pk + 1) % 4, step.sk};
                const auto error = bench_.error(
                    "TransactWriteItems",
                    R"({"TransactItems": [{"Put": {"TableName": "T", "Item": )" + itemText(step) +
                        R"json(}}, {"ConditionCheck": {"TableName": "T", "ConditionExpression": "attribute_exists(pk)", "Key": {)json" +
                        keyText(other.first, other.second) + "}}}]}");
                const bool refused = !model_.contains(other);
                if (!refused) model_[key] = {step.group, step.number};
                return same(error.substr(0, 28), refused ? "TransactionCanceledException" : "");
            }
            case Step::batch: return batch(step);
            case Step::query: return query(step);
            case Step::queryIndex: return queryIndex(step);
            case Step::queryLocal: return queryLocal(step);
            case Step::scan: return scan(step);
            case Step::count_: break;
        }
        return {};
    }

    /// What differs between the table and what its stream tells, and between its counters and what it holds.
    std::string finish() {
        const Json table = bench_.run("DescribeTable", R"({"TableName": "T"})");
        const Json& description = *find(table, "Table");
        if (intOr(description, "ItemCount", -1) != static_cast<std::int64_t>(model_.size()))
            return "ItemCount is " + writeJson(*find(description, "ItemCount"));
        const auto arn = textOr(description, "LatestStreamArn");
        const auto stream = bench_.streams("DescribeStream", object({{"StreamArn", arn}}));
        const auto shard = textOr((*at(stream, {"StreamDescription", "Shards"}))[0], "ShardId");
        const auto begun =
            bench_.streams("GetShardIterator",
                           object({{"StreamArn", arn}, {"ShardId", shard}, {"ShardIteratorType", "TRIM_HORIZON"}}));
        std::map<std::string, std::string> told;
        for (auto iterator = textOr(begun, "ShardIterator");;) {
            const auto page = bench_.streams("GetRecords", object({{"ShardIterator", iterator}}));
            if (find(page, "Records")->Empty()) break;
            for (const auto& record : find(page, "Records")->GetArray()) {
                const Json& change = *find(record, "dynamodb");
                const auto key = nameIn(*find(change, "Keys"));
                const Json* image = find(change, "NewImage");
                if (image)
                    told[key] = writeJson(*image);
                else
                    told.erase(key);
            }
            iterator = textOr(page, "NextShardIterator");
        }
        for (const auto& [key, item] : model_) {
            const auto stored = bench_.item("T", "{" + keyText(key.first, key.second) + "}");
            if (told[name(key)] != stored)
                return "the stream tells of " + name(key) + ": " + told[name(key)] + ", the table " + stored;
        }
        return told.size() == model_.size() ? "" : "the stream tells of items that are gone";
    }

private:
    static std::string same(const std::string& got, const std::string& wanted) {
        return got == wanted ? "" : "got '" + got + "', wanted '" + wanted + "'";
    }
    static std::string name(const Key& key) {
        return "p" + std::to_string(key.first) + "/" + std::to_string(key.second);
    }

    static std::string nameIn(const Json& key) {
        return textOr(*find(key, "pk"), "S") + "/" + textOr(*find(key, "sk"), "N");
    }

    std::string batch(const Step& step) {  // two puts and a delete, in partitions of their own
        Step second = step;
        second.pk = (step.pk + 1) % 4;
        const Key gone{(step.pk + 2) % 4, step.sk};
        model_[{step.pk, step.sk}] = model_[{second.pk, second.sk}] = {step.group, step.number};
        model_.erase(gone);
        return same(bench_.error("BatchWriteItem", R"({"RequestItems": {"T": [{"PutRequest": {"Item": )" +
                                                       itemText(step) + R"(}}, {"PutRequest": {"Item": )" +
                                                       itemText(second) + R"(}}, {"DeleteRequest": {"Key": {)" +
                                                       keyText(gone.first, gone.second) + "}}}]}}"),
                    "");
    }

    /// All pages of a request, as "p1/3 p1/4 …".
    std::string pages(const std::string& operation, const std::string& request) {
        std::string out;
        std::optional<Json> start;
        do {
            Json page = parseJson(request);
            if (start) set(page, "ExclusiveStartKey", std::move(*start));
            start.reset();
            const Json answer = bench_.call("dynamodb", operation, std::move(page));
            for (const auto& item : find(answer, "Items")->GetArray()) out += nameIn(item) + " ";
            if (const Json* last = find(answer, "LastEvaluatedKey")) start = copy(*last);
        } while (start);
        return out;
    }
    std::string query(const Step& step) {
        std::vector<std::string> names;
        for (const auto& [key, item] : model_)
            if (key.first == step.pk && key.second >= step.sk) names.push_back(name(key));
        return compare(
            pages(
                "Query",
                R"({"TableName": "T", "KeyConditionExpression": "pk = :p AND sk >= :s", "ExpressionAttributeValues": {":p": {"S": "p)" +
                    std::to_string(step.pk) + R"("}, ":s": {"N": ")" + std::to_string(step.sk) + R"("}}, "Limit": )" +
                    std::to_string(step.limit) + R"(, "ScanIndexForward": )" + (step.forward ? "true" : "false") + "}"),
            names, step.forward);
    }
    std::string queryIndex(const Step& step) {
        if (step.group < 0) return {};
        std::multiset<std::pair<int, std::string>> wanted;  // entries with one number stand in no order that matters
        for (const auto& [key, item] : model_)
            if (item.group == step.group && item.number < step.number) wanted.insert({item.number, name(key)});
        std::istringstream answered(pages(
            "Query",
            R"({"TableName": "T", "IndexName": "G", "KeyConditionExpression": "g = :g AND n < :n", "ExpressionAttributeValues": {":g": {"S": "g)" +
                std::to_string(step.group) + R"("}, ":n": {"N": ")" + std::to_string(step.number) +
                R"("}}, "Limit": )" + std::to_string(step.limit) + R"(, "ScanIndexForward": )" +
                (step.forward ? "true" : "false") + "}"));
        std::multiset<std::pair<int, std::string>> got;
        std::optional<int> before;
        for (std::string one; answered >> one;) {
            const int number = numberOf(one);
            if (before && (step.forward ? number < *before : number > *before))
                return "the index is out of order at " + one;
            before = number;
            got.insert({number, one});
        }
        return got == wanted ? "" : "the index has other entries";
    }
    std::string queryLocal(const Step& step) {
        std::multiset<std::pair<int, std::string>> wanted;
        for (const auto& [key, item] : model_)
            if (key.first == step.pk && item.number >= step.number) wanted.insert({item.number, name(key)});
        std::istringstream answered(pages(
            "Query",
            R"({"TableName": "T", "IndexName": "L", "KeyConditionExpression": "pk = :p AND n >= :n", "ExpressionAttributeValues": {":p": {"S": "p)" +
                std::to_string(step.pk) + R"("}, ":n": {"N": ")" + std::to_string(step.number) + R"("}}, "Limit": )" +
                std::to_string(step.limit) + R"(, "ScanIndexForward": )" + (step.forward ? "true" : "false") + "}"));
        std::multiset<std::pair<int, std::string>> got;
        for (std::string one; answered >> one;) got.insert({numberOf(one), one});
        return got == wanted ? "" : "the local index has other entries";
    }
    int numberOf(const std::string& named) const {
        for (const auto& [key, item] : model_)
            if (name(key) == named) return item.number;
        return INT_MAX;
    }
    std::string scan(const Step& step) {
        std::multiset<std::string> got, wanted;
        const int total = step.limit;
        for (int segment = 0; segment < total; ++segment) {
            std::istringstream names(pages(
                "Scan",
                R"({"TableName": "T", "Limit": 3, "FilterExpression": "n > :n", "ExpressionAttributeValues": {":n": {"N": ")" +
                    std::to_string(step.number) + R"("}}, "TotalSegments": )" + std::to_string(total) +
                    R"(, "Segment": )" + std::to_string(segment) + "}"));
            for (std::string one; names >> one;) got.insert(one);
        }
        for (const auto& [key, item] : model_)
            if (item.number > step.number) wanted.insert(name(key));
        return got == wanted ? "" : "the scan differs";
    }
    static std::string compare(const std::string& got, std::vector<std::string> names, bool forward) {
        if (!forward) std::reverse(names.begin(), names.end());
        std::string wanted;
        for (const auto& one : names) wanted += one + " ";
        return same(got, wanted);
    }

    DynamodbBench bench_;
    std::map<Key, Item> model_;
};

Step randomStep(std::mt19937& random) {
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    return {static_cast<Step::Kind>(below(Step::count_)),
            below(4),
            below(12) - 4,
            below(4) - 1,
            below(9) - 3,
            below(4) + 1,
            below(2) == 0};
}

/// The first step at which they differ, and how; the number of steps where they never do.
std::pair<std::size_t, std::string> run(const std::vector<Step>& steps) {
    Pair pair;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (auto difference = pair.take(steps[i]); !difference.empty()) return {i, difference};
    return {steps.size(), pair.finish()};
}

std::vector<Step> shrunk(std::vector<Step> steps) {
    for (std::size_t chunk = steps.size() / 2; chunk > 0; chunk /= 2) {
        for (std::size_t i = 0; i + chunk <= steps.size();) {
            auto fewer = steps;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i),
                        fewer.begin() + static_cast<std::ptrdiff_t>(i + chunk));
            if (run(fewer).second.empty())
                i += chunk;
            else
                steps = std::move(fewer);
        }
    }
    return steps;
}

}  // namespace

TEST_CASE("random operations are answered as a small model of DynamoDB answers them") {
    const char* wanted = std::getenv("BACKLOT_PROPERTY_STEPS");
    long left = wanted ? std::atol(wanted) : 3000;
    for (unsigned seed = 1; left > 0; ++seed) {
        std::mt19937 random(seed);
        std::vector<Step> steps(static_cast<std::size_t>(std::min(left, 1000L)));
        for (auto& step : steps) step = randomStep(random);
        left -= static_cast<long>(steps.size());
        const auto [at, difference] = run(steps);
        if (difference.empty()) continue;
        steps.resize(std::min(at + 1, steps.size()));
        steps = shrunk(std::move(steps));
        std::ostringstream story;
        for (const auto& step : steps)
            story << "\n  kind " << step.kind << " pk " << step.pk << " sk " << step.sk << " group " << step.group
                  << " number " << step.number << " limit " << step.limit << (step.forward ? " forward" : " backward");
        FAIL("seed " << seed << ": " << run(steps).second << " after" << story.str());
    }
}
