/// The program's version and what it was compiled with.
package enum Build {
  /// The program's own version.
  package static let version = "0.2.0"

  /// Major and minor version of the Swift compiler.
  package static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }

  /// Processor architecture and operating system.
  package static var target: String {
    #if arch(x86_64)
      let architecture = "x86_64"
    #elseif arch(arm64)
      let architecture = "aarch64"
    #else
      let architecture = "unknown"
    #endif
    #if os(Linux)
      return architecture + "-linux"
    #else
      return architecture + "-macos"
    #endif
  }
}
