#include "numerics.h"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

namespace {

using namespace boost::math::policies;

// Errors are return values, and double stays double.
using Quiet = policy<domain_error<ignore_error>, pole_error<ignore_error>, overflow_error<ignore_error>,
                     underflow_error<ignore_error>, denorm_error<ignore_error>, evaluation_error<ignore_error>,
                     promote_double<false>>;
constexpr double root_two = 1.41421356237309504880;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double numerics_normal_cumulative(double z) {
  if (std::isnan(z)) return not_a_number;
  return boost::math::erfc(-z / root_two, Quiet()) / 2;
}

double numerics_normal_quantile(double probability) {
  if (!(probability >= 0 && probability <= 1)) return not_a_number;
  if (probability == 0) return -std::numeric_limits<double>::infinity();
  if (probability == 1) return std::numeric_limits<double>::infinity();
  return -root_two * boost::math::erfc_inv(2 * probability, Quiet());
}

double numerics_student_two_sided_quantile(double probability, double degrees_of_freedom) {
  if (!(probability >= 0 && probability <= 1) || !(degrees_of_freedom > 0)) return not_a_number;
  if (probability == 0) return std::numeric_limits<double>::infinity();
  double rest = 0;
  const double part = boost::math::ibeta_inv(degrees_of_freedom / 2, 0.5, probability, &rest, Quiet());
  return std::sqrt(degrees_of_freedom * rest / part);
}

double numerics_student_two_sided(double t, double degrees_of_freedom) {
  if (std::isnan(t) || !(degrees_of_freedom > 0)) return not_a_number;
  if (std::isinf(t)) return 0;
  const double square = t * t;
  if (std::isinf(square)) return 0;
  // The incomplete beta function of whichever argument keeps its digits.
  if (square > degrees_of_freedom) {
    return boost::math::ibeta(degrees_of_freedom / 2, 0.5, degrees_of_freedom / (degrees_of_freedom + square), Quiet());
  }
  return boost::math::ibetac(0.5, degrees_of_freedom / 2, square / (degrees_of_freedom + square), Quiet());
}

double numerics_f_upper(double f, double numerator, double denominator) {
  if (!(f >= 0) || !(numerator > 0) || !(denominator > 0)) return not_a_number;
  const double ratio = numerator * f;
  if (std::isinf(ratio)) return 0;
  // The incomplete beta function of whichever argument keeps its digits.
  if (ratio > denominator) {
    return boost::math::ibeta(denominator / 2, numerator / 2, denominator / (denominator + ratio), Quiet());
  }
  return boost::math::ibetac(numerator / 2, denominator / 2, ratio / (denominator + ratio), Quiet());
}

double numerics_gamma_lower(double x, double shape) {
  if (!(x >= 0) || !(shape > 0)) return not_a_number;
  if (std::isinf(x)) return 1;
  return boost::math::gamma_p(shape, x, Quiet());
}

double numerics_gamma_upper(double x, double shape) {
  if (!(x >= 0) || !(shape > 0)) return not_a_number;
  if (std::isinf(x)) return 0;
  return boost::math::gamma_q(shape, x, Quiet());
}
