#pragma once
#include <stddef.h>
#include <stdint.h>

// A file's text by zlib: inflated where its first bytes are those of gzip, members one after the other, and as it is elsewhere.

/// Opens a file; NULL with `errno` set where that fails.
void *shim_gzip_open(const char *path);

/// The next bytes, 0 at the end; -1 where the file cannot be read, is damaged, or ends within a member.
int64_t shim_gzip_read(void *file, void *buffer, uint32_t capacity);

/// What the last call found wrong.
void shim_gzip_error_text(void *file, char *text, size_t capacity);

/// Closes the file.
void shim_gzip_close(void *file);
