#pragma once
// The way of one AWS request through the wire layer, as whoever joins it to a world uses it. Pure functions, no
// sockets:
//
//   try {
//       wire::Target target = wire::detect(apis, request);     // service, operation, protocol, caller
//       wire::verify(target, request, secretOf, wallClock());  // only where signatures are to be checked
//
//       Json input = wire::decode(target, request);  // the body, query, headers and labels as one object
//       wire::check(target, input);                  // types and constraints of the API model, in AWS's own words
//
//       // the world runs target.service / target.operation
//       return wire::encode(target, result, requestId);  // or encodeError(target, awsError, requestId)
//   } catch (const wire::Refusal& refusal) {
//       return wire::encodeRefusal(refusal, requestId);
//   }
//
// The three steps before the world throw nothing but Refusal.

#include "emulator/wire/apis.h"
#include "emulator/wire/check.h"
#include "emulator/wire/detect.h"
#include "emulator/wire/model.h"
#include "emulator/wire/protocol.h"
#include "emulator/wire/sigv4.h"
#include "emulator/wire/target.h"
