import BenchmarkReport
import Foundation

/// What the command line asks for.
struct Settings {
  /// Whether everything is to take a few seconds only.
  let isSmoke = CommandLine.has("--smoke")
  /// Seeds of data and networks; those that are not asked for were not used to choose any constant of the method.
  let seeds: [Int]
  /// Cells of each case, if given.
  private let cells: Int?
  private let only: String?

  init() {
    let given = CommandLine.value(of: "--seeds") ?? "2101,2102,2103"
    seeds = given.split(separator: ",").compactMap { Int($0) }
    cells = CommandLine.value(of: "--cells").flatMap(Int.init)
    only = CommandLine.value(of: "--only")
  }

  /// The first seed, for parts that need one.
  var seed: Int { seeds.first ?? 2101 }

  /// Cells of each case: as asked for, or so many.
  func cells(_ usual: Int) -> Int { cells ?? (isSmoke ? 2 : usual) }

  /// Whether a case of this name is asked for.
  func wants(_ name: String) -> Bool { only.map(name.contains) ?? true }
}

/// Ends the program with exit status 64 for a word that is none of those that are known.
func refuse(_ word: String, expected words: [String]) -> Never {
  FileHandle.standardError.write(
    Data("calibrate-threshold: \(word): expected \(words.joined(separator: ", "))\n".utf8))
  exit(64)
}
