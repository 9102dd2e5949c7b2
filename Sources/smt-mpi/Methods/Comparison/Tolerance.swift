import ArgumentParser
import Kernels

/// A tolerance as the command line gives it: `5` in the maps' units, `20%` of B's value.
struct Tolerance: RawRepresentable, ExpressibleByArgument, Equatable {
  /// The number given.
  let number: Double
  /// Whether it is in percent of B's value.
  let isRelative: Bool

  init(number: Double, isRelative: Bool) {
    self.number = number
    self.isRelative = isRelative
  }

  init?(rawValue text: String) {
    let isRelative = text.hasSuffix("%")
    guard let number = Double(isRelative ? text.dropLast() : text[...]), number >= 0, number.isFinite else {
      return nil
    }
    self.init(number: number, isRelative: isRelative)
  }

  /// The tolerance as it is given.
  var rawValue: String { number.shortText + (isRelative ? "%" : "") }

  var value: AgreementTolerance { isRelative ? .relative(number / 100) : .absolute(number) }
}
