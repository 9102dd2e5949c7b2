#pragma once
#include <stdint.h>
#include <stddef.h>

/// XXH3 (64 bits) of bytes, the same on every machine; another seed gives another function.
uint64_t shim_checksum(const void *bytes, size_t count, uint64_t seed);
