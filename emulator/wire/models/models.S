// The API models as bytes in the binary: backlot_model_NAME … backlot_model_NAME_end, for services.cpp.

    .section .rodata

.macro model name
    .global backlot_model_\name
    .global backlot_model_\name\()_end
backlot_model_\name:
    .incbin "emulator/wire/models/\name\().json"
backlot_model_\name\()_end:
    .byte 0
.endm

    model apigateway
    model apigatewayv2
    model cloudformation
    model cloudtrail
    model dynamodb
    model dynamodbstreams
    model events
    model iam
    model lambda
    model logs
    model s3
    model scheduler
    model ses
    model sesv2
    model sns
    model sqs
    model ssm
    model states
    model sts
    model xray

    .section .note.GNU-stack,"",@progbits
