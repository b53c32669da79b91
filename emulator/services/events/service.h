#pragma once

#include "emulator/world/operation.h"

namespace backlot::events {

/// Amazon EventBridge: buses, rules, targets, schedules, archives, replays. Queues are written to in the transaction of
/// the PutEvents; deliveries to other targets are jobs on the world's clock.
Service eventsService();

}  // namespace backlot::events
