/// Rows of a regression: a response, numbers and categories, none of which is missing.
package struct RegressionData: Sendable {
  /// Classes of the rows, one of which is the base that the others are compared with.
  package struct Category: Sendable {
    /// The class of each row, from 0.
    package var codes: [Int32]
    /// The number of classes.
    package var classCount: Int
    /// The class without a term.
    package var base: Int

    /// Classes of rows.
    package init(codes: [Int32], classCount: Int, base: Int) {
      self.codes = codes
      self.classCount = classCount
      self.base = base
    }

    /// Rows by class.
    package var counts: [Int] {
      codes.reduce(into: [Int](repeating: 0, count: classCount)) { $0[Int($1)] += 1 }
    }
  }

  /// By row.
  package var response: [Double]
  /// By column and row.
  package var numbers: [[Double]]
  package var categories: [Category]

  /// Rows; every array holds one value for each.
  package init(response: [Double], numbers: [[Double]], categories: [Category] = []) {
    self.response = response
    self.numbers = numbers
    self.categories = categories
  }

  /// The number of rows.
  package var count: Int { response.count }

  /// A column of the design besides the intercept.
  package enum Column: Sendable, Equatable {
    /// A number.
    case number(Int)
    /// 1 in the rows of a class, else 0.
    case dummy(category: Int, code: Int)
  }

  /// The columns of the design in the order of its terms: numbers, then the classes of each category but for its base.
  package var columns: [Column] {
    numbers.indices.map { .number($0) }
      + categories.indices.flatMap { category in
        (0..<categories[category].classCount).filter { $0 != categories[category].base }.map {
          .dummy(category: category, code: $0)
        }
      }
  }
}
