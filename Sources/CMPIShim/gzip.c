#define _GNU_SOURCE
#include "shim_gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

// Bytes of the compressed file that are read at once.
enum { BLOCK = 1 << 17 };

void *shim_gzip_open(const char *path) {
  // What became a FIFO after it was looked at does not block.
  int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return NULL;
  gzFile file = gzdopen(descriptor, "rb");
  if (file == NULL) {
    close(descriptor);
    errno = ENOMEM;
    return NULL;
  }
  gzbuffer(file, BLOCK);
  return file;
}

int64_t shim_gzip_read(void *file, void *buffer, uint32_t capacity) {
  int found = gzread(file, buffer, capacity);
  int code = Z_OK;
  gzerror(file, &code);
  return code == Z_OK || code == Z_STREAM_END ? found : -1;
}

void shim_gzip_error_text(void *file, char *text, size_t capacity) {
  int code = Z_OK;
  const char *found = gzerror(file, &code);
  if (code == Z_ERRNO) found = strerror(errno);
  snprintf(text, capacity, "%s", found);
}

void shim_gzip_close(void *file) { gzclose_r(file); }
