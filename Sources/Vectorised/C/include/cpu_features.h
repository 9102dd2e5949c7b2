#pragma once

/// The highest level of the x86-64 instruction set that this processor offers and that has code of its own here:
/// 4 (AVX-512), 3 (AVX2 and FMA) or 1; 0 on other architectures.
int cpu_x86_64_level(void);

/// The floating-point control register of this thread.
unsigned long long cpu_floating_point_control(void);

/// Sets it to a value that was read before, ...
void cpu_restore_floating_point_control(unsigned long long control);

/// ... or has subnormal numbers (below 1.2e-38 in single precision) taken and stored as zero from now on.
void cpu_flush_subnormals(void);
