#include "emulator/wire/services.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>
#include <string>

#include "emulator/wire/model.h"

// models.S puts them there.
#define MODEL_BYTES(NAME) extern "C" const char backlot_model_##NAME[], backlot_model_##NAME##_end[];
MODEL_BYTES(apigateway)
MODEL_BYTES(apigatewayv2)
MODEL_BYTES(cloudformation)
MODEL_BYTES(cloudtrail)
MODEL_BYTES(dynamodb)
MODEL_BYTES(dynamodbstreams)
MODEL_BYTES(events)
MODEL_BYTES(iam)
MODEL_BYTES(lambda)
MODEL_BYTES(logs)
MODEL_BYTES(s3)
MODEL_BYTES(scheduler)
MODEL_BYTES(ses)
MODEL_BYTES(sesv2)
MODEL_BYTES(sns)
MODEL_BYTES(sqs)
MODEL_BYTES(ssm)
MODEL_BYTES(states)
MODEL_BYTES(sts)
MODEL_BYTES(xray)
#undef MODEL_BYTES

namespace backlot::wire {
namespace {

#define MODEL(NAME) \
    #NAME, std::string_view(backlot_model_##NAME, static_cast<std::size_t>(backlot_model_##NAME##_end - backlot_model_##NAME))

const std::array<Service, 20>& table() {
    static const std::array<Service, 20> kServices{{
        {MODEL(apigateway), "apigateway", "", ""},
        {MODEL(apigatewayv2), "apigateway", "", ""},
        {MODEL(cloudformation), "cloudformation", "", "2010-05-15"},
        {MODEL(cloudtrail), "cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", ""},
        {MODEL(dynamodb), "dynamodb", "DynamoDB_20120810", ""},
        {MODEL(dynamodbstreams), "dynamodb", "DynamoDBStreams_20120810", ""},
        {MODEL(events), "events", "AWSEvents", ""},
        {MODEL(iam), "iam", "", "2010-05-08"},
        {MODEL(lambda), "lambda", "", ""},
        {MODEL(logs), "logs", "Logs_20140328", ""},
        {MODEL(s3), "s3", "", ""},
        {MODEL(scheduler), "scheduler", "", ""},
        {MODEL(ses), "ses", "", "2010-12-01"},
        {MODEL(sesv2), "ses", "", ""},
        {MODEL(sns), "sns", "", "2010-03-31"},
        {MODEL(sqs), "sqs", "AmazonSQS", "2012-11-05"},
        {MODEL(ssm), "ssm", "AmazonSSM", ""},
        {MODEL(states), "states", "AWSStepFunctions", ""},
        {MODEL(sts), "sts", "", "2011-06-15"},
        {MODEL(xray), "xray", "", ""},
    }};
    return kServices;
}
#undef MODEL

}  // namespace

std::span<const Service> services() { return table(); }

const Service* findService(std::string_view name) {
    const auto& all = table();
    const auto at = std::lower_bound(all.begin(), all.end(), name, [](const Service& s, std::string_view n) { return s.name < n; });
    return at == all.end() || at->name != name ? nullptr : &*at;
}

const Model* findModel(std::string_view service) {
    static std::array<std::once_flag, std::tuple_size_v<std::remove_cvref_t<decltype(table())>>> once;
    static std::array<std::unique_ptr<const Model>, once.size()> models;
    const Service* found = findService(service);
    if (!found) return nullptr;
    const auto index = static_cast<std::size_t>(found - table().data());
    std::call_once(once[index], [&] { models[index] = std::make_unique<const Model>(found->name, found->model); });
    return models[index].get();
}

const Model& modelOf(std::string_view service) {
    if (const Model* model = findModel(service)) return *model;
    throw std::out_of_range("no API model of " + std::string(service));
}

std::vector<std::string_view> operations(std::string_view service) {
    std::vector<std::string_view> names;
    if (const Model* model = findModel(service))
        for (const auto& operation : model->operations()) names.push_back(operation.name);
    return names;
}

bool knownOperation(std::string_view service, std::string_view operation) {
    const Model* model = findModel(service);
    return model && model->operation(operation);
}

}  // namespace backlot::wire
