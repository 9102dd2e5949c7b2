extension CommandLine {
  /// The word after an option, `--json FILE` for instance.
  public static func value(of option: String) -> String? {
    arguments.firstIndex(of: option).flatMap { arguments.dropFirst($0 + 1).first }
  }

  /// Whether a flag is given.
  public static func has(_ flag: String) -> Bool { arguments.dropFirst().contains(flag) }
}
