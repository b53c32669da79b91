#include "emulator/services/events/description.h"

extern "C" const char backlot_model_events[], backlot_model_events_end[];

namespace backlot::events {

const ServiceDescription description{
    .name = "events",
    .model = {backlot_model_events, backlot_model_events_end},
    .protocols = {"json"},
    .endpointPrefix = "events",
    .signingName = "events",
    .apiVersion = "2015-10-07",
    .targetPrefix = "AWSEvents",
};

}  // namespace backlot::events
