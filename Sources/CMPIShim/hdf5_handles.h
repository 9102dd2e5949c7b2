#pragma once
#include <stdint.h>

// Closes a property list and two dataspaces, those that are not negative. What closing leaves on the library's error stack
// would replace what explains a failure, so that after one the stack is put back.
void shim_hdf5_close_handles(int succeeded, int64_t list, int64_t space, int64_t other_space);
