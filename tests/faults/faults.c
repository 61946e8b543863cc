/* Loaded before the C library (LD_PRELOAD): the nth call of one kind fails as it is told, or ends the process.

   The file that ROWAN_FAULTS names is shared with the test: struct control below, written by tests/faults/shim.py while
   the program runs. Only calls on files count, never those on sockets or on the three standard streams. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NOTHING, SYNC, WRITE, TRUNCATE, ALLOCATE };

struct control {
    int64_t what;      /* one of the above */
    int64_t code;      /* errno; 0: SIGKILL */
    int64_t countdown; /* the call that brings it to 0 fails */
    int64_t lasting;   /* and all after it too */
    int64_t hits;      /* how many failed */
    int64_t clock;     /* seconds added to the time of day */
};

static struct control *control;

__attribute__((constructor)) static void open_control(void) {
    const char *path = getenv("ROWAN_FAULTS");
    const int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *memory = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory != MAP_FAILED) control = memory;
}

static int due(int what) {
    if (!control || control->what != what) return 0;
    const int64_t left = __atomic_sub_fetch(&control->countdown, 1, __ATOMIC_SEQ_CST);
    if (left != 0 && (left > 0 || !control->lasting)) return 0;
    __atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
    if (control->code == 0) kill(getpid(), SIGKILL);
    errno = (int)control->code;
    return 1;
}

static int due_on(int what, int file) {
    struct stat facts;
    if (!control || control->what != what || file <= STDERR_FILENO) return 0;
    if (fstat(file, &facts) != 0 || !(S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode))) return 0;
    return due(what);
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int fsync(int file) {
    REAL(fsync);
    return due_on(SYNC, file) ? -1 : real(file);
}
int fdatasync(int file) {
    REAL(fdatasync);
    return due_on(SYNC, file) ? -1 : real(file);
}
ssize_t write(int file, const void *bytes, size_t size) {
    REAL(write);
    return due_on(WRITE, file) ? -1 : real(file, bytes, size);
}
ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
    REAL(pwrite);
    return due_on(WRITE, file) ? -1 : real(file, bytes, size, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) {
    REAL(pwrite64);
    return due_on(WRITE, file) ? -1 : real(file, bytes, size, at);
}
int ftruncate(int file, off_t size) {
    REAL(ftruncate);
    return due_on(TRUNCATE, file) ? -1 : real(file, size);
}
int ftruncate64(int file, off64_t size) {
    REAL(ftruncate64);
    return due_on(TRUNCATE, file) ? -1 : real(file, size);
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
void *malloc(size_t size) { return due(ALLOCATE) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return due(ALLOCATE) ? NULL : __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return due(ALLOCATE) ? NULL : __libc_realloc(memory, size); }

int clock_gettime(clockid_t clock, struct timespec *out) {
    REAL(clock_gettime);
    const int rc = real(clock, out);
    if (rc == 0 && control && clock == CLOCK_REALTIME) out->tv_sec += control->clock;
    return rc;
}
