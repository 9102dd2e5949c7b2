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

// One bit for each of 4, 8 or 16 neighbouring values, the lowest for the first: whether it is negative. The address must
// be aligned to the whole vector.

#define VECTOR_SIGN_BITS(count)                                                                       \
  static inline __attribute__((always_inline)) unsigned vector_sign_bits_##count(const int *values) { \
    typedef int vector __attribute__((ext_vector_type(count)));                                       \
    typedef _Bool flags __attribute__((ext_vector_type(count)));                                      \
    const flags negative = __builtin_convertvector(*(const vector *)values < 0, flags);               \
    unsigned bits = 0;                                                                                \
    __builtin_memcpy(&bits, &negative, (count + 7) / 8);                                              \
    return bits & ((1u << count) - 1);                                                                \
  }

VECTOR_SIGN_BITS(4)
VECTOR_SIGN_BITS(8)
VECTOR_SIGN_BITS(16)
