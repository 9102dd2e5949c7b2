#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// CPU seconds of this process so far, user and system.
public func cpuSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

/// The largest resident size of this process so far, in bytes.
public func peakMemoryBytes() -> Int {
  #if os(Linux)
    return Int(resourceUsage().ru_maxrss) * 1024
  #else
    return Int(resourceUsage().ru_maxrss)
  #endif
}

/// The name of this machine as it knows it itself; no name service is asked.
public func hostName() -> String {
  cString(capacity: 256) { _ = gethostname($0, $1 - 1) }
}

/// Seconds of a clock that never steps.
public func wallSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

/// Sleeps for half a millisecond and returns the seconds that passed.
///
/// A rank that waits for messages sleeps between looks, so that ranks that share its processor can work.
func rest() -> Double {
  let start = wallSeconds()
  usleep(500)
  return wallSeconds() - start
}

/// Whether standard error is a terminal.
func standardErrorIsTerminal() -> Bool { isatty(2) == 1 }

private func resourceUsage() -> rusage {
  var usage = rusage()
  #if canImport(Glibc)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  #else
    getrusage(RUSAGE_SELF, &usage)
  #endif
  return usage
}

private func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
