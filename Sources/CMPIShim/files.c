#define _GNU_SOURCE
#include "shim_files.h"

#include <fcntl.h>

int shim_reserve_space(int descriptor, int64_t size) {
#ifdef FALLOC_FL_KEEP_SIZE
  return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size);
#else
  (void)descriptor;
  (void)size;
  return 0;
#endif
}
