// The files beside this one, as they are.
    .section .rodata
    .global backlot_lambda_python, backlot_lambda_python_end, backlot_lambda_node, backlot_lambda_node_end
backlot_lambda_python:
    .incbin "emulator/services/lambda/runtimes/python.py"
backlot_lambda_python_end:
backlot_lambda_node:
    .incbin "emulator/services/lambda/runtimes/node.mjs"
backlot_lambda_node_end:
    .section .note.GNU-stack, "", %progbits
