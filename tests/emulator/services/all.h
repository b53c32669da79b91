#pragma once
// The descriptions of all services, as main.cpp has them.

#include "emulator/services/apigateway/description.h"
#include "emulator/services/cloudformation/description.h"
#include "emulator/services/cloudtrail/description.h"
#include "emulator/services/cloudwatch/description.h"
#include "emulator/services/dynamodb/description.h"
#include "emulator/services/events/description.h"
#include "emulator/services/iam/description.h"
#include "emulator/services/lambda/description.h"
#include "emulator/services/logs/description.h"
#include "emulator/services/s3/description.h"
#include "emulator/services/scheduler/description.h"
#include "emulator/services/secretsmanager/description.h"
#include "emulator/services/ses/description.h"
#include "emulator/services/sns/description.h"
#include "emulator/services/sqs/description.h"
#include "emulator/services/ssm/description.h"
#include "emulator/services/states/description.h"
#include "emulator/services/sts/description.h"
#include "emulator/services/xray/description.h"

namespace backlot {

inline const ServiceDirectory& allServices() {
    static const ServiceDirectory directory({
        &apigateway::description,
        &apigateway::v2Description,
        &cloudformation::description,
        &cloudtrail::description,
        &cloudwatch::description,
        &dynamodb::description,
        &dynamodb::streamsDescription,
        &events::description,
        &iam::description,
        &lambda::description,
        &logs::description,
        &s3::description,
        &scheduler::description,
        &secretsmanager::description,
        &ses::description,
        &ses::v2Description,
        &sns::description,
        &sqs::description,
        &ssm::description,
        &states::description,
        &sts::description,
        &xray::description,
    });
    return directory;
}

}  // namespace backlot
