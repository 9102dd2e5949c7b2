#pragma once

/// The highest level of the x86-64 instruction set that this processor offers and that has code of its own here:
/// 4 (AVX-512), 3 (AVX2 and FMA) or 1; 0 on other architectures.
int cpu_x86_64_level(void);
