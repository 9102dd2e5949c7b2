import ArgumentParser
import Kernels

/// A tolerance as the command line gives it: `5` in the maps' units, `20%` of B's value.
struct Tolerance: ExpressibleByArgument, Equatable {
  /// The number given.
  let number: Double
  /// Whether it is in percent of B's value.
  let isRelative: Bool

  init(number: Double, isRelative: Bool) {
    self.number = number
    self.isRelative = isRelative
  }

  init?(argument: String) {
    let isRelative = argument.hasSuffix("%")
    guard let number = Double(isRelative ? argument.dropLast() : argument[...]), number >= 0, number.isFinite else {
      return nil
    }
    self.init(number: number, isRelative: isRelative)
  }

  var value: AgreementTolerance { isRelative ? .relative(number / 100) : .absolute(number) }
}
