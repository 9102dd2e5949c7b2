#pragma once
#include <stdint.h>

/// Sets disk space aside for a file up to this size, whose length stays as it is; 0, or -1 with `errno` set. Where the
/// system has no way to, nothing is done.
int shim_reserve_space(int descriptor, int64_t size);
