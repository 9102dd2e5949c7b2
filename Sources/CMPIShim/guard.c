#define _GNU_SOURCE
#include "shim_guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { longest_path = 4096, alternate_stack = 1 << 16 };

// What is left of a watched work when the job is to stop. Nothing that it reads is kept, so that nothing is lost where it
// is cut; it lasts longer only for slabs of gigabytes and file systems that hang.
static const double grace = 5;

static const struct {
  int number;
  const char *name;
} faults[] = {{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGABRT, "SIGABRT"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}};
enum { fault_count = sizeof faults / sizeof *faults };
// What a fault did before, which is what it does to what is not guarded.
static struct sigaction previous[fault_count];

// Its address tells threads apart, in a signal handler too.
static _Thread_local char this_thread;
static _Thread_local int is_prepared;

static _Atomic(char *) guarded_thread;
static char watched_path[longest_path];
static double watched_limit;
static clockid_t watched_clock;
// Odd while work is watched; each work has a number of its own.
static atomic_uint watch_number;
static atomic_int in_call;
// Whether the work that is watched is the call alone.
static int watch_is_call;

// A file of this process that is to be gone when the guard ends it.
static char lock_path[longest_path];
static atomic_int has_lock;

static char suspect_path[longest_path];
static atomic_int has_suspect;
// Seconds of the monotonic clock, 0 while no signal has come.
static _Atomic double interrupted_at;

static void copy_path(char *copy, const char *path) {
  size_t length = strnlen(path, longest_path - 1);
  memcpy(copy, path, length);
  copy[length] = '\0';
}

// Ends the process with a line of texts, up to NULL. Only with what a signal handler may call: another thread may hold the
// lock of the heap, or the heap be damaged. The launcher ends the other ranks.
static _Noreturn void end(int code, const char *const *texts) {
  char line[2 * longest_path];
  size_t length = 0;
  for (; *texts; texts++) {
    size_t more = strlen(*texts);
    if (more > sizeof line - length) more = sizeof line - length;
    memcpy(line + length, *texts, more);
    length += more;
  }
  for (size_t written = 0; written < length;) {
    ssize_t count = write(STDERR_FILENO, line + written, length - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += (size_t)count;
  }
  if (atomic_load(&has_lock)) unlink(lock_path);
  _exit(code);
}

static void on_fault(int number, siginfo_t *information, void *context) {
  (void)context;
  int index = 0;
  while (index < fault_count - 1 && faults[index].number != number) index++;
  const char *name = faults[index].name;
  if (atomic_load(&in_call) && atomic_load(&guarded_thread) == &this_thread) {
    end(SHIM_GUARD_DAMAGED,
        (const char *[]){"error: ", watched_path, ": the file is damaged: the library that reads it crashed (", name,
                         "); replace the file\n", NULL});
  }
  if (atomic_load(&has_suspect)) {
    end(SHIM_GUARD_DAMAGED,
        (const char *[]){"error: ", suspect_path,
                         ": the file is damaged: the program crashed after the library that reads it had failed (", name,
                         "); replace the file\n", NULL});
  }
  // A crash of our own stays one: the instruction is executed once more, and what was sent is sent again.
  sigaction(number, &previous[index], NULL);
  if (information->si_code <= 0) raise(number);
}

static double now(clockid_t clock) {
  struct timespec time = {0, 0};
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *look_now_and_then(void *unused) {
  (void)unused;
  unsigned seen = 0;
  double cpu_begin = 0, begin = 0;
  for (;;) {
    nanosleep(&(struct timespec){0, 250000000}, NULL);
    unsigned number = atomic_load(&watch_number);
    if (number % 2 == 0) continue;
    double cpu = now(watched_clock), time = now(CLOCK_MONOTONIC), signal_time = atomic_load(&interrupted_at);
    if (number != seen) {
      seen = number;
      cpu_begin = cpu;
      begin = time;
    }
    int is_late = cpu - cpu_begin > watched_limit;
    int is_stopped = signal_time > 0 && time - (signal_time > begin ? signal_time : begin) > grace;
    // What has come to its end meanwhile is left alone.
    if (atomic_load(&watch_number) != number) continue;
    if (is_late) {
      end(SHIM_GUARD_DAMAGED,
          (const char *[]){"error: ", watched_path,
                           ": the file is damaged: the library that reads it does not come to an end; replace the file\n",
                           NULL});
    }
    if (is_stopped) {
      end(SHIM_GUARD_INTERRUPTED,
          (const char *[]){"error: interrupted by a signal while reading ", watched_path,
                           ", which does not come to an end; the same command starts again\n", NULL});
    }
  }
  return NULL;
}

// Handlers are set at the first use, after MPI has set its own. The thread that looks must not take signals of others.
static void install(void) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < fault_count; i++) sigaction(faults[i].number, &action, &previous[i]);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pthread_t thread;
  if (pthread_create(&thread, NULL, look_now_and_then, NULL) == 0) pthread_detach(thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

// A stack of its own lets a handler run where the thread's has overflowed. It stays until the process ends.
static void prepare_thread(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  stack_t stack;
  if (sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE)) {
    stack = (stack_t){.ss_sp = malloc(alternate_stack), .ss_size = alternate_stack};
    if (stack.ss_sp) sigaltstack(&stack, NULL);
  }
  is_prepared = 1;
}

int shim_guard_watch(const char *path, double seconds) {
  char *nobody = NULL;
  if (!atomic_compare_exchange_strong(&guarded_thread, &nobody, &this_thread)) return 0;
  if (!is_prepared) prepare_thread();
  copy_path(watched_path, path);
  watched_limit = seconds;
#ifdef __APPLE__
  watched_clock = CLOCK_PROCESS_CPUTIME_ID;
#else
  pthread_getcpuclockid(pthread_self(), &watched_clock);
#endif
  atomic_fetch_add(&watch_number, 1);
  return 1;
}

void shim_guard_unwatch(void) {
  atomic_fetch_add(&watch_number, 1);
  atomic_store(&guarded_thread, NULL);
}

void shim_guard_enter(const char *path, double seconds) {
  if (shim_guard_watch(path, seconds)) watch_is_call = 1;
  if (atomic_load(&guarded_thread) == &this_thread) atomic_store(&in_call, 1);
}

void shim_guard_leave(void) {
  if (atomic_load(&guarded_thread) != &this_thread) return;
  atomic_store(&in_call, 0);
  if (!watch_is_call) return;
  watch_is_call = 0;
  shim_guard_unwatch();
}

void shim_guard_suspect(const char *path) {
  if (atomic_load(&has_suspect)) return;
  copy_path(suspect_path, path);
  atomic_store(&has_suspect, 1);
}

void shim_guard_interrupt(void) { atomic_store(&interrupted_at, now(CLOCK_MONOTONIC)); }

void shim_guard_remove_at_end(const char *path) {
  atomic_store(&has_lock, 0);
  if (!path) return;
  copy_path(lock_path, path);
  atomic_store(&has_lock, 1);
}
