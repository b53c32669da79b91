// The launcher (emulator/launcher) as bytes in the binary, for sandbox.cpp.

    .section .rodata
    .global backlot_launcher
    .global backlot_launcher_end
backlot_launcher:
    .incbin BACKLOT_LAUNCHER
backlot_launcher_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
