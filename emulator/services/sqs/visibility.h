#pragma once

#include "emulator/services/sqs/queue.h"

namespace backlot::sqs {

/// Who wants to know when a hidden message becomes visible: a subscriber (the clock may jump to that moment for it) or
/// a long poll (it may not).
enum class Listener { subscriber, longPoll };

/// Tells that something in the queue has changed: now, or from `visibleAt` on.
void announce(Call& call, const Queue& queue, Time visibleAt);
/// Has the queue's topic signalled at `at`, unless that is going to happen anyway by then.
void announceAt(Call& call, const Queue& queue, Time at, Listener listener);
/// After a message was deleted: where no other is hidden, nothing is due any more and the clock need not jump for it.
void withdraw(Call& call, const Queue& queue);

}  // namespace backlot::sqs
