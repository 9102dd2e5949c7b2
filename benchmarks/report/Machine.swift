import CVectorised
import Foundation

/// The machine that a benchmark runs on.
public struct Machine: Encodable, CustomStringConvertible, Sendable {
  /// The processor's name.
  public let processor: String
  /// CPUs that the system offers; hyperthreads count.
  public let logicalCPUs: Int
  /// Bytes of main memory.
  public let memoryBytes: Int
  /// The highest level of the instruction set, `x86-64-v4` for instance.
  public let instructionLevel: String

  /// This machine.
  public static var current: Machine {
    Machine(
      processor: processorName, logicalCPUs: ProcessInfo.processInfo.activeProcessorCount,
      memoryBytes: Int(ProcessInfo.processInfo.physicalMemory), instructionLevel: level)
  }

  /// One line.
  public var description: String {
    "\(processor), \(logicalCPUs) logical CPUs, \(memoryBytes >> 30) GiB, \(instructionLevel)"
  }

  private static var processorName: String {
    // Linux on arm64 gives no name.
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
  }

  private static var level: String {
    switch cpu_x86_64_level() {
    case 0: "arm64"
    case 1: "x86-64"
    case let level: "x86-64-v\(level)"
    }
  }
}
