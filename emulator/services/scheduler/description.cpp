#include "emulator/services/scheduler/description.h"

extern "C" const char backlot_model_scheduler[], backlot_model_scheduler_end[];

namespace backlot::scheduler {

const ServiceDescription description{
    .name = "scheduler",
    .model = {backlot_model_scheduler, backlot_model_scheduler_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "scheduler",
    .signingName = "scheduler",
    .apiVersion = "2021-06-30",
    .tasks = {.sdk = "scheduler", .sdkErrors = "Scheduler"},
};

}  // namespace backlot::scheduler
