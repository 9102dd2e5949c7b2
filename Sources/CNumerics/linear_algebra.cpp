#include "linear_algebra.h"

#include <algorithm>
#include <cstdint>
#include <vector>

// LAPACK's own names; the lengths of the one-letter strings come last, as Fortran passes them.
extern "C" void dgesdd_(const char *job, const int *rows, const int *columns, double *matrix, const int *stride,
                        double *singular, double *left, const int *left_stride, double *right, const int *right_stride,
                        double *work, const int *work_count, int *integer_work, int *info, std::size_t job_length);
extern "C" void dpotrf_(const char *half, const int *size, double *matrix, const int *stride, int *info,
                        std::size_t half_length);
extern "C" void dtrtri_(const char *half, const char *diagonal, const int *size, double *matrix, const int *stride,
                        int *info, std::size_t half_length, std::size_t diagonal_length);

int numerics_singular_values(int rows, int columns, double *matrix, double *singular, double *right) {
  const int count = std::min(rows, columns);
  if (rows < 1 || columns < 1) return -1;
  std::vector<int> integers(8 * static_cast<std::size_t>(count));
  std::vector<double> left(static_cast<std::size_t>(rows) * count);
  std::vector<double> work(1);
  int info = 0;
  // The first call tells how much room the second one takes.
  for (int room : {-1, 0}) {
    if (room == 0) {
      room = static_cast<int>(work[0]);
      work.resize(static_cast<std::size_t>(room));
    }
    dgesdd_("S", &rows, &columns, matrix, &rows, singular, left.data(), &rows, right, &count, work.data(), &room,
            integers.data(), &info, 1);
    if (info != 0) return info;
  }
  std::copy(left.begin(), left.end(), matrix);
  return 0;
}

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
