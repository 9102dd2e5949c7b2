#pragma once

// Square roots of 4, 8 or 16 neighbouring values, correctly rounded, in place; the address must be aligned to the
// whole vector. Swift's own go value by value through sqrtf, because of errno. The functions are always inlined, so
// each importing module gets the instructions that it is compiled for, and no memory is touched in the end.

#define VECTOR_SQUARE_ROOT(count)                                                                     \
  static inline __attribute__((always_inline)) void vector_square_root_##count(float *values) {       \
    typedef float vector __attribute__((ext_vector_type(count)));                                     \
    vector *x = (vector *)values;                                                                     \
    *x = __builtin_elementwise_sqrt(*x);                                                              \
  }

VECTOR_SQUARE_ROOT(4)
VECTOR_SQUARE_ROOT(8)
VECTOR_SQUARE_ROOT(16)
