#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

// The same for values above zero.

#define VECTOR_POSITIVE_BITS(count)                                                                     \
  static inline __attribute__((always_inline)) unsigned vector_positive_bits_##count(const float *values) { \
    typedef float vector __attribute__((ext_vector_type(count)));                                       \
    typedef _Bool flags __attribute__((ext_vector_type(count)));                                        \
    const flags positive = __builtin_convertvector(*(const vector *)values > 0, flags);                 \
    unsigned bits = 0;                                                                                  \
    __builtin_memcpy(&bits, &positive, (count + 7) / 8);                                                \
    return bits & ((1u << count) - 1);                                                                  \
  }

VECTOR_POSITIVE_BITS(4)
VECTOR_POSITIVE_BITS(8)
VECTOR_POSITIVE_BITS(16)

// Two vectors' elements in alternation: the first halves in `a`, the second halves in `b`.

#define VECTOR_INTERLEAVE(count, low, high)                                                                      \
  static inline __attribute__((always_inline)) void vector_interleave_##count(float *a, float *b) {              \
    typedef float vector __attribute__((ext_vector_type(count)));                                                \
    const vector first = *(const vector *)a, second = *(const vector *)b;                                        \
    *(vector *)a = __builtin_shufflevector(first, second, VECTOR_UNWRAP low);                                    \
    *(vector *)b = __builtin_shufflevector(first, second, VECTOR_UNWRAP high);                                   \
  }
#define VECTOR_UNWRAP(...) __VA_ARGS__

VECTOR_INTERLEAVE(4, (0, 4, 1, 5), (2, 6, 3, 7))
VECTOR_INTERLEAVE(8, (0, 8, 1, 9, 2, 10, 3, 11), (4, 12, 5, 13, 6, 14, 7, 15))
VECTOR_INTERLEAVE(16, (0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
                  (8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31))

// Quotients of 8 or 16 values, rounded as by division, for divisors between 2^-100 and 2^100.
//
// A processor has one unit for division and square roots; where it is busy with roots, multipliers divide faster. An
// estimate of the reciprocal is brought to full precision by Newton's iteration, and the quotient is corrected by its exact
// remainder (Markstein 1990). That rounds correctly, whatever the processor's estimate, but for one case: where the
// divisor's mantissa is all ones and the dividend a power of two, the quotient is one unit in the last place too small.
// Swift has no access to the estimate, and its lane by lane multiply-adds do not all become vector instructions here.

#define VECTOR_QUOTIENT(count, estimate, multiply_add, subtract_product)                                            \
  typedef float vector_float##count __attribute__((ext_vector_type(count)));                                        \
  static inline __attribute__((always_inline)) vector_float##count vector_quotient_##count(                         \
      vector_float##count dividend, vector_float##count divisor) {                                                  \
    const vector_float##count one = 1;                                                                              \
    vector_float##count reciprocal = estimate(divisor);                                                             \
    reciprocal = multiply_add(reciprocal, subtract_product(divisor, reciprocal, one), reciprocal);                  \
    reciprocal = multiply_add(reciprocal, subtract_product(divisor, reciprocal, one), reciprocal);                  \
    const vector_float##count quotient = dividend * reciprocal;                                                     \
    return multiply_add(subtract_product(divisor, quotient, dividend), reciprocal, quotient);                       \
  }

#if defined(__AVX512F__)
VECTOR_QUOTIENT(16, _mm512_rcp14_ps, _mm512_fmadd_ps, _mm512_fnmadd_ps)
#endif
#if defined(__FMA__)
VECTOR_QUOTIENT(8, _mm256_rcp_ps, _mm256_fmadd_ps, _mm256_fnmadd_ps)
#endif

// Adds 4, 8 or 16 values in units of 2^-40, rounded to the nearest (ties to even), to as many integers.
//
// The conversion instructions of AVX-512 do that; elsewhere a product is parted exactly into a multiple of 2^32 and a rest,
// and adding 1.5 * 2^52 to either leaves it as an integer in the low bits. Both are exact for values below 2^22.

#define VECTOR_ADD_FIXED(count)                                                                                      \
  static inline __attribute__((always_inline)) void vector_add_fixed_##count(const float *values, long long *sums) { \
    typedef float vector __attribute__((ext_vector_type(count)));                                                    \
    typedef double wide __attribute__((ext_vector_type(count)));                                                     \
    typedef long long integers __attribute__((ext_vector_type(count)));                                              \
    const wide shift = 0x1.8p52, product = __builtin_convertvector(*(const vector *)values, wide) * 0x1p40;          \
    const wide high = product * 0x1p-32 + shift;                                                                     \
    const wide low = product - (high - shift) * 0x1p32 + shift;                                                      \
    const integers bits = (integers)shift, upper = (integers)high - bits, lower = (integers)low - bits;              \
    *(integers *)sums += (upper << 32) + lower;                                                                      \
  }

VECTOR_ADD_FIXED(4)
VECTOR_ADD_FIXED(8)
#if defined(__AVX512DQ__)
static inline __attribute__((always_inline)) void vector_add_fixed_16(const float *values, long long *sums) {
  const __m512 product = _mm512_mul_ps(*(const __m512 *)values, _mm512_set1_ps(0x1p40f));
  const __m512i low = _mm512_cvtps_epi64(_mm512_castps512_ps256(product));
  const __m512i high = _mm512_cvtps_epi64(_mm512_extractf32x8_ps(product, 1));
  __m512i *const target = (__m512i *)sums;
  target[0] = _mm512_add_epi64(target[0], low);
  target[1] = _mm512_add_epi64(target[1], high);
}
#endif
