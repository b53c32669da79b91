#include "emulator/wire/error_names.h"

namespace backlot::wire {

Named named(const Target& target, const AwsError& error) {
    Named result{error.code(), error.code()};
    if (!target.model) return result;
    result.shape = target.model->exception(error.code());
    if (result.shape) {
        result.type = result.shape->name;
        result.queryCode = result.shape->errorCode.empty() ? result.shape->name : result.shape->errorCode;
    } else {
        for (const auto& name : target.description->errorNames)
            if (error.code() == name.exception || error.code() == name.queryCode)
                return {std::string(name.exception), std::string(name.queryCode)};
    }
    return result;
}

int statusOf(const Named& name, const AwsError& error, bool modelled) {
    if (!name.shape || error.httpStatus() != 400)
        return error.httpStatus();  // 400 is the default: the service said nothing else
    if (name.shape->errorStatus && modelled) return name.shape->errorStatus;
    return name.shape->fault ? 500 : 400;
}

std::string queryError(const Named& name, int status) {
    return name.queryCode + (status >= 500 ? ";Receiver" : ";Sender");
}

std::string_view messageMember(const Shape* shape, std::string_view otherwise) {
    if (shape)
        for (const auto& member : shape->members)
            if (equalIgnoringCase(member.name, "message")) return member.wireName;
    return otherwise;
}

void addExtra(Json& body, const AwsError& error) {
    if (!error.extra() || !error.extra()->IsObject()) return;
    for (const auto& member : error.extra()->GetObject()) set(body, view(member.name), copy(member.value));
}

}  // namespace backlot::wire
