#pragma once

#include <string>

#include "emulator/base/aws_error.h"

namespace backlot::ses {

/// The two APIs name the same errors differently.
enum class Api { v1, v2 };

inline AwsError invalidParameterValue(const std::string& message) { return {"InvalidParameterValue", message}; }
inline AwsError badRequest(const std::string& message) { return {"BadRequestException", message}; }
inline AwsError invalid(Api api, const std::string& message) {
    return api == Api::v1 ? invalidParameterValue(message) : badRequest(message);
}
inline AwsError messageRejected(const std::string& message) { return {"MessageRejected", message}; }
inline AwsError templateNotFound(Api api, const std::string& name) {
    return api == Api::v1 ? AwsError("TemplateDoesNotExistException", "Template " + name + " does not exist.")
                          : AwsError("NotFoundException", "Template " + name + " does not exist.", 404);
}
inline AwsError templateExists(const std::string& name) {
    return {"AlreadyExistsException", "Template " + name + " already exists."};
}
inline AwsError invalidTemplate(const std::string& message) { return {"InvalidTemplateException", message}; }
inline AwsError missingAttribute(Api api, const std::string& name) {
    const std::string message = "Attribute '" + name + "' is not present in the rendering data.";
    return api == Api::v1 ? AwsError("MissingRenderingAttributeException", message) : badRequest(message);
}
inline AwsError invalidRenderingParameter(Api api) {
    return api == Api::v1 ? AwsError("InvalidRenderingParameterException", "Template rendering data is invalid")
                          : badRequest("Template rendering data is invalid");
}
inline AwsError configurationSetNotFound(Api api, const std::string& name) {
    const std::string message = "Configuration set <" + name + "> does not exist.";
    return api == Api::v1 ? AwsError("ConfigurationSetDoesNotExistException", message)
                          : AwsError("NotFoundException", message, 404);
}
inline AwsError configurationSetPaused(Api api, const std::string& name) {
    return {api == Api::v1 ? "ConfigurationSetSendingPausedException" : "SendingPausedException",
            "Email sending is disabled for configuration set <" + name + ">."};
}
inline AwsError configurationSetExists(Api api, const std::string& name) {
    const std::string message = "Configuration set <" + name + "> already exists.";
    return api == Api::v1 ? AwsError("ConfigurationSetAlreadyExistsException", message)
                          : AwsError("AlreadyExistsException", message);
}

}  // namespace backlot::ses
