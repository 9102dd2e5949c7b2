#pragma once

// Libraries that read foreign bytes may crash on them, or never come back. While one reads, the file's path is at hand: a
// crash, or too much time, ends the process with a message that names the file. One thread is guarded at a time; what
// another one does meanwhile goes unguarded.

enum { SHIM_GUARD_DAMAGED = 65, SHIM_GUARD_INTERRUPTED = 75 };

/// Begins to watch work on a file, which may take so many seconds of the thread's CPU time: with more the process ends with
/// 65. After shim_guard_interrupt it has a few seconds left, then the process ends with 75. The result is 0, and nothing
/// is begun, where a file is watched already.
int shim_guard_watch(const char *path, double seconds);
/// Ends what shim_guard_watch began.
void shim_guard_unwatch(void);

/// Begins a call of a library on a file's bytes: a crash of the thread ends the process with 65. Watches the call, unless
/// work on a file is watched already.
void shim_guard_enter(const char *path, double seconds);
/// Ends the call.
void shim_guard_leave(void);

/// Remembers that a library failed on a file: from now on nothing that crashes is taken for anything else, because what a
/// library leaves behind on damaged bytes is not to be trusted, at its own end neither.
void shim_guard_suspect(const char *path);

/// Notes that the job is to stop. Callable from any thread, not from a signal handler.
void shim_guard_interrupt(void);

/// Has a file removed where the guard ends the process; NULL for none.
void shim_guard_remove_at_end(const char *path);
