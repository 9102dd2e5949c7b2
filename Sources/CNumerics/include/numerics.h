#pragma once

// Distribution functions of Boost.Math under C names. Nothing is thrown: outside its domain a function returns NaN, and
// what overflows is infinite.

#ifdef __cplusplus
extern "C" {
#endif

/// Probability that a standard normal variable is at most z.
double numerics_normal_cumulative(double z);

/// The z that a standard normal variable does not exceed with the given probability; infinite at 0 and 1.
double numerics_normal_quantile(double probability);

/// The t that is as far from zero with the given probability, for so many degrees of freedom; infinite at 0.
double numerics_student_two_sided_quantile(double probability, double degrees_of_freedom);

/// Probability that Student's t with so many degrees of freedom is at least as far from zero as the given one.
double numerics_student_two_sided(double t, double degrees_of_freedom);

/// Probability that Fisher's F with so many degrees of freedom of numerator and denominator is at least the given one.
double numerics_f_upper(double f, double numerator, double denominator);

/// Probability that a gamma variable of scale 1 is at most x.
double numerics_gamma_lower(double x, double shape);

/// Probability that a gamma variable of scale 1 is more than x.
double numerics_gamma_upper(double x, double shape);

#ifdef __cplusplus
}
#endif
