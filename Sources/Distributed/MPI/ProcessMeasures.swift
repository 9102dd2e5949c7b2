#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// CPU seconds of this process so far, user and system.
public func cpuSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

/// The largest resident size of this program so far, in bytes.
public func peakMemoryBytes() -> Int {
  #if os(Linux)
    // Linux counts into `ru_maxrss` the size of the process that started this one, which may hold gigabytes.
    return statusBytes("VmHWM:") ?? Int(resourceUsage().ru_maxrss) * 1024
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

/// The resident size of this program now, in bytes; where the system does not tell, the largest so far.
func memoryBytes() -> Int { statusBytes("VmRSS:") ?? peakMemoryBytes() }

/// A size of this process as Linux tells it, in bytes; nil where there is none.
private func statusBytes(_ name: String) -> Int? {
  guard let file = fopen("/proc/self/status", "r") else { return nil }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, Int32(line.count), file) != nil {
    // Such as "VmHWM:     10240 kB".
    let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
      whereSeparator: \.isWhitespace)
    if words.count == 3, words[0] == name, words[2] == "kB" { return Int(words[1]).map { $0 * 1024 } }
  }
  return nil
}

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
