#include "cpu_features.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

int cpu_x86_64_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return 4;
  if (__builtin_cpu_supports("x86-64-v3")) return 3;
  return 1;
#else
  return 0;
#endif
}

unsigned long long cpu_floating_point_control(void) {
#if defined(__x86_64__)
  return _mm_getcsr();
#elif defined(__aarch64__)
  unsigned long long control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control;
#else
  return 0;
#endif
}

void cpu_restore_floating_point_control(unsigned long long control) {
#if defined(__x86_64__)
  _mm_setcsr((unsigned)control);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(control));
#else
  (void)control;
#endif
}

void cpu_flush_subnormals(void) {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // flush to zero, subnormals are zeros
#elif defined(__aarch64__)
  cpu_restore_floating_point_control(cpu_floating_point_control() | 1ull << 24);  // FZ
#endif
}
