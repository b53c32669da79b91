/* Handlers that misbehave, for test_functions.py: plain C against the seam of bootstrap. */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "functions/sdk/abi.h"

static void answer(LambdaAnswer* out, const char* payload, size_t size) {
    out->payload = payload;
    out->payloadSize = size;
    out->errorType = NULL;
    out->owner = NULL;
    out->release = NULL;
}

static void answerText(LambdaAnswer* out, const char* text) { answer(out, text, strlen(text)); }

#define HANDLER(name) void backlot_handler_##name(const LambdaInvocation* in, LambdaAnswer* out)

HANDLER(fine) {
    (void)in;
    answerText(out, "{\"ok\":true}");
}

HANDLER(segfault) {
    (void)in, (void)out;
    *(volatile int*)0 = 1;
}

HANDLER(abortion) {
    (void)in, (void)out;
    abort();
}

HANDLER(leaves) {
    (void)in, (void)out;
    exit(0);
}

HANDLER(hangs) {
    (void)in, (void)out;
    for (;;) pause();
}

HANDLER(spins) {
    (void)in, (void)out;
    for (volatile unsigned i = 0;; ++i) {
    }
}

HANDLER(overflows) { /* the stack */
    char room[4096];
    memset(room, 1, sizeof room);
    backlot_handler_overflows(in, out);
    answer(out, room, 1);
}

HANDLER(eats) { /* 8 GB, and uses them */
    (void)in;
    const size_t megabyte = 1 << 20;
    for (int i = 0; i < 8192; ++i) {
        char* block = malloc(megabyte);
        if (!block) abort();
        memset(block, 1, megabyte);
    }
    answerText(out, "{}");
}

HANDLER(garbage) { /* what is no JSON */
    (void)in;
    answerText(out, "{\"a\":");
}

HANDLER(binary) {
    (void)in;
    answer(out, "\xff\xfe\x00\x01", 4);
}

HANDLER(deep) { /* 200,000 arrays in one another */
    (void)in;
    static char text[400001];
    memset(text, '[', 200000);
    memset(text + 200000, ']', 200000);
    answer(out, text, 400000);
}

HANDLER(floods) { /* 20 MB of log without an end of line, then lines */
    (void)in;
    static char text[1 << 16];
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 320; ++i) fwrite(text, 1, sizeof text, stdout);
    for (int i = 0; i < 20000; ++i) printf("\nline %d \033[31m\x01\xff", i);
    fflush(stdout);
    answerText(out, "{\"ok\":true}");
}

HANDLER(meddles) { /* writes into everything that is open, and closes it */
    (void)in;
    for (int file = 3; file < 1024; ++file) {
        if (write(file, "HTTP/1.1 200 OK\r\n\r\n", 19) < 0) continue;
        shutdown(file, SHUT_RDWR);
        close(file);
    }
    answerText(out, "{\"ok\":true}");
}

HANDLER(interrupts) { /* ends everybody of its own process group */
    (void)in;
    kill(0, SIGTERM);
    kill(0, SIGKILL);
    answerText(out, "{\"ok\":true}");
}

HANDLER(forks) { /* leaves a child that holds on to everything */
    (void)in;
    if (fork() == 0) {
        signal(SIGTERM, SIG_IGN);
        sleep(600);
        _exit(0);
    }
    answerText(out, "{\"ok\":true}");
}
