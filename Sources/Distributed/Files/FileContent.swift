/// Where a `NetCDFFile` has its variables, attributes and values from: a library, or a store that this program reads itself.
///
/// Errors are `JobError`s with exit code 65 that name file and variable. Variables and their attributes are told by number, the
/// file's own attributes by that of ``FileContent/file``.
protocol FileContent: AnyObject {
  var format: NetCDFFormat { get }
  /// Dimensions by identifier.
  var dimensions: [NetCDFFile.Dimension] { get }
  var variableCount: Int32 { get }
  func variable(numbered index: Int32) throws -> NetCDFFile.Variable
  /// The number of the variable of this name, if there is one.
  func variableNumber(named name: String) -> Int32?
  /// Groups of variables, which are not read.
  var groups: [String] { get }

  /// Lengths of chunks and whether they must be read whole; nil where storage is contiguous.
  func chunks(of variable: NetCDFFile.Variable) throws -> (lengths: [Int], filtered: Bool)?
  /// Whether what was never written reads as the fill value.
  func hasFill(_ variable: NetCDFFile.Variable) -> Bool

  /// Names of attributes, so many at the most.
  func attributeNames(of owner: Int32, atMost limit: Int) -> [String]
  /// Type and length of an attribute, if there is one; nil as type where it is none of `NetCDFType`.
  func attribute(_ name: String, of owner: Int32) -> (type: NetCDFType?, length: Int)?
  /// An attribute of characters, or the first one or all lines of one that is a list of texts.
  func text(_ name: String, of owner: Int32, length: Int, allLines: Bool) -> String?
  /// An attribute of so many numbers.
  func numbers(_ name: String, of owner: Int32, count: Int) -> [Double]?

  /// A hyperslab as stored.
  func read(
    _ variable: NetCDFFile.Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Double>) throws
  func read(
    _ variable: NetCDFFile.Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Float>) throws
  /// The texts of a vector of texts, or of a matrix of characters, one a row.
  func texts(_ variable: NetCDFFile.Variable, shape: [Int]) throws -> [String]
}

extension FileContent {
  /// The number that stands for the file where variables are told by number.
  static var file: Int32 { -1 }
}
