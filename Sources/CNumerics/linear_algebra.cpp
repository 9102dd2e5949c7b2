#include "linear_algebra.h"

#include <algorithm>
#include <cstddef>

// LAPACK's own names; the lengths of the one-letter strings come last, as Fortran passes them.
extern "C" void dpotrf_(const char *half, const int *size, double *matrix, const int *stride, int *info,
                        std::size_t half_length);
extern "C" void dtrtri_(const char *half, const char *diagonal, const int *size, double *matrix, const int *stride,
                        int *info, std::size_t half_length, std::size_t diagonal_length);

int numerics_cholesky(int size, double *matrix) {
  if (size < 1) return 0;
  int info = 0;
  dpotrf_("U", &size, matrix, &size, &info, 1);
  for (int column = 0; column < size; ++column) {
    std::fill(matrix + static_cast<std::size_t>(column) * size + column + 1,
              matrix + static_cast<std::size_t>(column + 1) * size, 0.0);
  }
  return info;
}

int numerics_triangular_inverse(int size, double *matrix) {
  if (size < 1) return 0;
  int info = 0;
  dtrtri_("U", "N", &size, matrix, &size, &info, 1, 1);
  return info;
}
