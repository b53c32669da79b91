#include "emulator/services/states/description.h"

extern "C" const char backlot_model_states[], backlot_model_states_end[];

namespace backlot::states {

const ServiceDescription description{
    .name = "states",
    .model = {backlot_model_states, backlot_model_states_end},
    .protocols = {"json"},
    .endpointPrefix = "states",
    .signingName = "states",
    .apiVersion = "2016-11-23",
    .targetPrefix = "AWSStepFunctions",
    .json = {.errorNamespace = "com.amazonaws.swf.service.v2.model#"},
};

}  // namespace backlot::states
